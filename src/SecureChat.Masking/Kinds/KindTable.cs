// Written by eng/MaskingRules from Rules/*.json. Change those, then: dotnet run --project eng/MaskingRules
namespace SecureChat.Masking;

internal static partial class KindTable
{
    private const int First = 3;

    // Id, title, locale, context (n: not needed, b: for a bare run, y: always), mask.
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
        at-tax-number|Austrian tax number|at|y|full
        at-vat|Austrian VAT number|at|n|full
        at-social-security|Austrian social insurance number|at|y|full
        at-company-register|Austrian company register number|at|y|full
        az-voen|Azerbaijani tax number (VOEN)|az|y|full
        be-national-number|Belgian national number|be|n|full
        be-bis|Belgian BIS number|be|n|full
        be-identity-card|Belgian identity card number|be|y|full
        be-vat|Belgian enterprise or VAT number|be|y|full
        be-payment-reference|Belgian structured payment reference|be|y|full
        bg-egn|Bulgarian personal number (EGN)|bg|y|full
        bg-foreigner-number|Bulgarian foreigner number (PNF)|bg|y|full
        bg-vat|Bulgarian VAT number|bg|y|full
        by-unp|Belarusian tax number (UNP)|by|y|full
        ch-ahv|Swiss social insurance number (AHV)|ch|n|full
        ch-uid|Swiss company number (UID)|ch|n|full
        ch-vat|Swiss VAT number|ch|n|full
        ch-payment-reference|Swiss payment slip reference|ch|y|full
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
        de-lanr|German physician number (LANR)|de|y|full
        de-bsnr|German practice site number (BSNR)|de|y|full
        de-vehicle-registration|German vehicle registration|de|y|full
        de-company-register|German company register number|de|y|full
        de-postcode|German postcode|de|y|full
        dk-cpr|Danish personal number (CPR)|dk|b|full
        dk-cvr|Danish company number (CVR)|dk|y|full
        ee-isikukood|Estonian personal code|ee|n|full
        ee-company-number|Estonian company number|ee|y|full
        ee-vat|Estonian VAT number|ee|y|full
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
        gr-amka|Greek social security number (AMKA)|gr|n|full
        gr-afm|Greek tax number (AFM)|gr|y|full
        hr-oib|Croatian personal number (OIB)|hr|y|full
        hu-tax-number|Hungarian tax number|hu|y|full
        ie-pps|Irish personal public service number (PPS)|ie|b|full
        ie-vat|Irish VAT number|ie|y|full
        il-id|Israeli identity number|il|y|full
        il-company-number|Israeli company number|il|y|full
        is-kennitala|Icelandic identity number (kennitala)|is|b|full
        is-vat|Icelandic VAT number|is|y|full
        it-codice-fiscale|Italian tax code (codice fiscale)|it|n|full
        it-vat|Italian VAT number (partita IVA)|it|y|full
        it-driving-licence|Italian driving licence number|it|y|full
        it-identity-card|Italian identity card number|it|y|full
        it-passport|Italian passport number|it|y|full
        li-peid|Liechtenstein tax number (PEID)|li|y|full
        lt-asmens-kodas|Lithuanian personal code|lt|n|full
        lt-vat|Lithuanian VAT number|lt|y|full
        lu-vat|Luxembourg VAT number|lu|n|full
        lv-personal-code|Latvian personal code or VAT number|lv|y|full
        mc-vat|Monaco VAT number|mc|n|full
        md-idno|Moldovan company number (IDNO)|md|y|full
        me-pib|Montenegrin tax number (PIB)|me|y|full
        mk-edb|North Macedonian tax number (EDB)|mk|y|full
        mt-vat|Maltese VAT number|mt|y|full
        nl-bsn|Dutch citizen number (BSN)|nl|y|full
        nl-vat|Dutch VAT number|nl|n|full
        nl-identity-document|Dutch passport or identity card number|nl|y|full
        nl-student-number|Dutch education number|nl|y|full
        no-fodselsnummer|Norwegian national identity number|no|n|full
        no-organisation-number|Norwegian organisation number|no|y|full
        no-vat|Norwegian VAT number|no|n|full
        no-bank-account|Norwegian bank account number|no|y|last4
        pl-pesel|Polish national number (PESEL)|pl|b|full
        pl-nip|Polish tax number (NIP)|pl|y|full
        pl-regon|Polish business number (REGON)|pl|y|full
        pt-nif|Portuguese tax number (NIF)|pt|y|full
        pt-cc|Portuguese citizen card number|pt|n|full
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
        si-emso|Slovenian citizen number (EMSO)|si|n|full
        si-tax-number|Slovenian tax number|si|y|full
        si-company-number|Slovenian company number|si|y|full
        sk-birth-number|Slovak birth number|sk|b|full
        sk-vat|Slovak VAT number|sk|n|full
        sk-company-number|Slovak company number (ICO)|sk|y|full
        sm-coe|San Marino tax number (COE)|sm|y|full
        tr-national-id|Turkish identity number|tr|b|full
        tr-tax-number|Turkish tax number (VKN)|tr|y|full
        tr-vehicle-registration|Turkish vehicle registration|tr|y|full
        ua-rntrc|Ukrainian taxpayer number (RNTRC)|ua|y|full
        ua-edrpou|Ukrainian company number (EDRPOU)|ua|y|full
        uk-sort-code-account|UK sort code and account number|uk|y|full
        uk-nhs|UK NHS number|uk|y|full
        uk-nino|UK National Insurance number|uk|n|full
        uk-utr|UK taxpayer reference (UTR)|uk|y|full
        uk-passport|UK passport number|uk|y|full
        uk-driving-licence|UK driving licence number|uk|n|full
        uk-postcode|UK postcode|uk|y|full
        uk-vehicle-registration|UK vehicle registration|uk|y|full
        uk-upn|UK pupil number (UPN)|uk|y|full
        uk-vat|UK VAT number|uk|y|full
        """;
}
