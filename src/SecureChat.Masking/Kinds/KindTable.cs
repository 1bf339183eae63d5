// Written by eng/MaskingRules from Rules/*.json. Change those, then: dotnet run --project eng/MaskingRules
namespace SecureChat.Masking;

internal static partial class KindTable
{
    private const int First = 3;

    // Id, title, locale, context (n: not needed, b: for a bare run, t: unless it is the whole text, y: always), mask.
    private const string Data =
        """
        private-key|Private key||n|full
        url-credentials|Credentials in a URL||n|full
        jwt|JSON Web Token||n|full
        api-key|API key or access token||n|full
        password|Password||y|full
        email|E-mail address||n|email
        iban|IBAN||n|country-last4
        payment-card|Payment card number||n|last4
        us-ssn|US Social Security number|us|b|full
        card-security-code|Card security code||y|full
        card-expiry|Card expiry date||y|full
        pin|Card or account PIN||y|full
        crypto-wallet|Cryptocurrency address||n|last4
        ip-address|IP address||n|full
        mac-address|MAC address||n|full
        swift-bic|SWIFT or BIC code||y|full
        date-of-birth|Date of birth||y|full
        phone|Phone number||b|last2
        ad-nrt|Andorran tax number (NRT)|ad|y|full
        al-nipt|Albanian tax number (NIPT)|al|y|full
        ar-cbu|Argentine bank account (CBU)|ar|n|last4
        ar-cuit|Argentine tax number (CUIT)|ar|b|full
        ar-dni|Argentine identity number (DNI)|ar|y|full
        at-tax-number|Austrian tax number|at|y|full
        at-vat|Austrian VAT number|at|n|full
        at-social-security|Austrian social insurance number|at|y|full
        at-company-register|Austrian company register number|at|y|full
        au-tfn|Australian tax file number (TFN)|au|t|full
        au-abn|Australian business number (ABN)|au|n|full
        au-acn|Australian company number (ACN)|au|t|full
        au-medicare|Australian Medicare number|au|t|full
        az-voen|Azerbaijani tax number (VOEN)|az|y|full
        be-national-number|Belgian national number|be|n|full
        be-bis|Belgian BIS number|be|n|full
        be-identity-card|Belgian identity card number|be|y|full
        be-vat|Belgian enterprise or VAT number|be|y|full
        be-payment-reference|Belgian structured payment reference|be|y|full
        bg-egn|Bulgarian personal number (EGN)|bg|y|full
        bg-foreigner-number|Bulgarian foreigner number (PNF)|bg|y|full
        bg-vat|Bulgarian VAT number|bg|y|full
        br-cpf|Brazilian personal number (CPF)|br|b|full
        br-cnpj|Brazilian company number (CNPJ)|br|b|full
        by-unp|Belarusian tax number (UNP)|by|y|full
        ca-sin|Canadian social insurance number (SIN)|ca|b|full
        ca-bn|Canadian business number|ca|y|full
        ca-bc-phn|British Columbia personal health number|ca|y|full
        ch-ahv|Swiss social insurance number (AHV)|ch|n|full
        ch-uid|Swiss company number (UID)|ch|n|full
        ch-vat|Swiss VAT number|ch|n|full
        ch-payment-reference|Swiss payment slip reference|ch|y|full
        cl-rut|Chilean national number (RUT)|cl|b|full
        cn-resident-id|Chinese resident identity number|cn|n|full
        cn-uscc|Chinese social credit code (USCC)|cn|n|full
        co-nit|Colombian tax number (NIT)|co|y|full
        cr-cedula-fisica|Costa Rican personal number|cr|y|full
        cr-cedula-juridica|Costa Rican company number|cr|y|full
        cr-foreigner-number|Costa Rican foreigner number|cr|y|full
        cu-national-id|Cuban identity number|cu|y|full
        cy-vat|Cypriot VAT number|cy|y|full
        cz-birth-number|Czech birth number|cz|b|full
        cz-vat|Czech VAT number|cz|n|full
        cz-company-number|Czech company number (ICO)|cz|y|full
        cz-bank-account|Czech bank account number|cz|y|last4
        de-tax-id|German tax ID (IdNr)|de|n|full
        de-tax-number|German tax number (Steuernummer)|de|y|full
        de-vat|German VAT number|de|n|full
        de-passport|German passport number|de|y|full
        de-id-card|German identity card number|de|y|full
        de-driving-licence|German driving licence number|de|y|full
        de-social-security|German pension insurance number (RVNR)|de|n|full
        de-health-insurance|German health insurance number (KVNR)|de|y|full
        de-lanr|German physician number (LANR)|de|t|full
        de-bsnr|German practice site number (BSNR)|de|y|full
        de-vehicle-registration|German vehicle registration|de|y|full
        de-company-register|German company register number|de|y|full
        de-postcode|German postcode|de|y|full
        imei|Device number (IMEI)||y|last4
        imsi|Subscriber number (IMSI)||y|last4
        meid|Device number (MEID)||y|last4
        vin|Vehicle identification number||b|last4
        dk-cpr|Danish personal number (CPR)|dk|b|full
        dk-cvr|Danish company number (CVR)|dk|y|full
        do-cedula|Dominican identity number|do|b|full
        do-rnc|Dominican tax number (RNC)|do|y|full
        dz-nif|Algerian tax number (NIF)|dz|y|full
        ec-cedula|Ecuadorian identity number|ec|y|full
        ec-ruc|Ecuadorian tax number (RUC)|ec|y|full
        ee-isikukood|Estonian personal code|ee|n|full
        ee-company-number|Estonian company number|ee|y|full
        ee-vat|Estonian VAT number|ee|y|full
        eg-tax-number|Egyptian tax number|eg|y|full
        es-nif|Spanish identity number (DNI or NIF)|es|n|full
        es-nie|Spanish foreigner number (NIE)|es|n|full
        es-cif|Spanish company tax number (CIF)|es|y|full
        es-passport|Spanish passport number|es|y|full
        es-bank-account|Spanish bank account (CCC)|es|y|last4
        eu-vat|VAT number of any EU country|eu|n|full
        eu-oss|EU one-stop-shop VAT number|eu|n|full
        fi-hetu|Finnish personal identity code|fi|n|full
        fi-business-id|Finnish business number|fi|y|full
        fi-vat|Finnish VAT number|fi|n|full
        fi-association-id|Finnish association number|fi|y|full
        fi-tax-number|Finnish construction tax number|fi|y|full
        fo-tax-number|Faroese tax number|fo|y|full
        fr-nir|French social security number (NIR)|fr|n|full
        fr-nif|French tax number (NIF)|fr|y|full
        fr-vat|French VAT number|fr|n|full
        fr-siren|French company number (SIREN)|fr|y|full
        fr-siret|French establishment number (SIRET)|fr|y|full
        fr-rcs|French trade register number (RCS)|fr|y|full
        gh-tin|Ghanaian tax number (TIN)|gh|n|full
        gn-nif|Guinean tax number|gn|y|full
        gr-amka|Greek social security number (AMKA)|gr|n|full
        gr-afm|Greek tax number (AFM)|gr|y|full
        gt-nit|Guatemalan tax number (NIT)|gt|y|full
        medical-record-number|Medical record or patient number||y|full
        hr-oib|Croatian personal number (OIB)|hr|y|full
        hu-tax-number|Hungarian tax number|hu|y|full
        id-nik|Indonesian identity number (NIK)|id|y|full
        id-npwp|Indonesian tax number (NPWP)|id|b|full
        ie-pps|Irish personal public service number (PPS)|ie|b|full
        ie-vat|Irish VAT number|ie|y|full
        il-id|Israeli identity number|il|y|full
        il-company-number|Israeli company number|il|y|full
        in-aadhaar|Indian Aadhaar number|in|b|full
        in-vid|Indian Aadhaar virtual ID|in|y|full
        in-pan|Indian income tax number (PAN)|in|n|full
        in-gstin|Indian goods and services tax number (GSTIN)|in|n|full
        in-voter-id|Indian voter number|in|y|full
        in-passport|Indian passport number|in|y|full
        in-vehicle-registration|Indian vehicle registration|in|y|full
        is-kennitala|Icelandic identity number (kennitala)|is|b|full
        is-vat|Icelandic VAT number|is|y|full
        it-codice-fiscale|Italian tax code (codice fiscale)|it|n|full
        it-vat|Italian VAT number (partita IVA)|it|t|full
        it-driving-licence|Italian driving licence number|it|y|full
        it-identity-card|Italian identity card number|it|y|full
        it-passport|Italian passport number|it|y|full
        jp-my-number|Japanese individual number|jp|y|full
        jp-corporate-number|Japanese corporate number|jp|y|full
        ke-pin|Kenyan tax number (PIN)|ke|n|full
        kr-rrn|South Korean resident registration number|kr|b|full
        kr-frn|South Korean foreigner registration number|kr|b|full
        kr-brn|South Korean business number|kr|t|full
        kr-passport|South Korean passport number|kr|y|full
        kr-driver-licence|South Korean driver's licence number|kr|b|full
        li-peid|Liechtenstein tax number (PEID)|li|y|full
        lt-asmens-kodas|Lithuanian personal code|lt|n|full
        lt-vat|Lithuanian VAT number|lt|y|full
        lu-vat|Luxembourg VAT number|lu|n|full
        lv-personal-code|Latvian personal code or VAT number|lv|y|full
        ma-ice|Moroccan company number (ICE)|ma|y|full
        mc-vat|Monaco VAT number|mc|n|full
        md-idno|Moldovan company number (IDNO)|md|y|full
        me-pib|Montenegrin tax number (PIB)|me|y|full
        mk-edb|North Macedonian tax number (EDB)|mk|y|full
        mt-vat|Maltese VAT number|mt|y|full
        mu-nid|Mauritian national number|mu|n|full
        mx-curp|Mexican personal code (CURP)|mx|n|full
        mx-rfc|Mexican tax number (RFC)|mx|n|full
        my-nric|Malaysian identity card number (NRIC)|my|b|full
        mz-nuit|Mozambican tax number (NUIT)|mz|y|full
        ng-nin|Nigerian national number (NIN)|ng|t|full
        ng-vehicle-registration|Nigerian vehicle registration|ng|y|full
        nl-bsn|Dutch citizen number (BSN)|nl|y|full
        nl-vat|Dutch VAT number|nl|n|full
        nl-identity-document|Dutch passport or identity card number|nl|y|full
        nl-student-number|Dutch education number|nl|y|full
        no-fodselsnummer|Norwegian national identity number|no|n|full
        no-organisation-number|Norwegian organisation number|no|y|full
        no-vat|Norwegian VAT number|no|n|full
        no-bank-account|Norwegian bank account number|no|y|last4
        nz-ird|New Zealand tax number (IRD)|nz|y|full
        nz-bank-account|New Zealand bank account number|nz|y|last4
        om-vat|Omani VAT number|om|n|full
        pe-dni|Peruvian identity number (CUI)|pe|y|full
        pe-ruc|Peruvian tax number (RUC)|pe|y|full
        ph-tin|Philippine tax number|ph|t|full
        pk-cnic|Pakistani identity card number (CNIC)|pk|b|full
        pl-pesel|Polish national number (PESEL)|pl|b|full
        pl-nip|Polish tax number (NIP)|pl|y|full
        pl-regon|Polish business number (REGON)|pl|y|full
        pt-nif|Portuguese tax number (NIF)|pt|t|full
        pt-cc|Portuguese citizen card number|pt|n|full
        py-ruc|Paraguayan tax number (RUC)|py|y|full
        ro-cnp|Romanian personal code (CNP)|ro|n|full
        ro-vat|Romanian VAT number|ro|y|full
        ro-company-number|Romanian company number (CUI)|ro|y|full
        ro-trade-register|Romanian trade register number|ro|y|full
        rs-pib|Serbian tax number (PIB)|rs|y|full
        ru-inn|Russian tax number (INN)|ru|y|full
        ru-ogrn|Russian company register number (OGRN)|ru|y|full
        se-personnummer|Swedish personal number|se|b|full
        se-organisation-number|Swedish organisation number|se|b|full
        se-vat|Swedish VAT number|se|n|full
        sg-nric-fin|Singapore NRIC or FIN|sg|n|full
        sg-uen|Singapore entity number (UEN)|sg|y|full
        si-emso|Slovenian citizen number (EMSO)|si|n|full
        si-tax-number|Slovenian tax number|si|y|full
        si-company-number|Slovenian company number|si|y|full
        sk-birth-number|Slovak birth number|sk|b|full
        sk-vat|Slovak VAT number|sk|n|full
        sk-company-number|Slovak company number (ICO)|sk|y|full
        sm-coe|San Marino tax number (COE)|sm|y|full
        sn-ninea|Senegalese company number (NINEA)|sn|y|full
        sv-nit|Salvadoran tax number (NIT)|sv|b|full
        th-national-id|Thai national number|th|b|full
        th-tax-number|Thai taxpayer number|th|y|full
        tn-mf|Tunisian tax number|tn|b|full
        tr-national-id|Turkish identity number|tr|b|full
        tr-tax-number|Turkish tax number (VKN)|tr|y|full
        tr-vehicle-registration|Turkish vehicle registration|tr|y|full
        tw-ubn|Taiwanese business number|tw|y|full
        ua-rntrc|Ukrainian taxpayer number (RNTRC)|ua|y|full
        ua-edrpou|Ukrainian company number (EDRPOU)|ua|y|full
        uk-sort-code-account|UK sort code and account number|uk|y|full
        uk-nhs|UK NHS number|uk|t|full
        uk-nino|UK National Insurance number|uk|n|full
        uk-utr|UK taxpayer reference (UTR)|uk|y|full
        uk-passport|UK passport number|uk|y|full
        uk-driving-licence|UK driving licence number|uk|n|full
        uk-postcode|UK postcode|uk|y|full
        uk-vehicle-registration|UK vehicle registration|uk|y|full
        uk-upn|UK pupil number (UPN)|uk|y|full
        uk-vat|UK VAT number|uk|y|full
        us-itin|US individual taxpayer number (ITIN)|us|b|full
        us-ein|US employer number (EIN)|us|y|full
        us-atin|US adoption taxpayer number (ATIN)|us|y|full
        us-ptin|US tax preparer number (PTIN)|us|y|full
        us-passport|US passport number|us|y|full
        us-driver-licence|US driver's licence number|us|y|full
        us-npi|US healthcare provider number (NPI)|us|t|full
        us-dea|US DEA number|us|y|full
        us-mbi|US Medicare beneficiary number (MBI)|us|b|full
        us-bank-account|US bank account number|us|y|last4
        us-routing-number|US bank routing number|us|t|full
        uy-rut|Uruguayan tax number (RUT)|uy|y|full
        ve-rif|Venezuelan tax number (RIF)|ve|n|full
        vn-tax-number|Vietnamese tax number|vn|y|full
        za-id|South African identity number|za|n|full
        za-tax-number|South African tax number|za|y|full
        """;
}
