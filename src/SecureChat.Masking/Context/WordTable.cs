// Written by eng/MaskingRules from Rules/*.json. Change those, then: dotnet run --project eng/MaskingRules
namespace SecureChat.Masking;

internal static class WordTable
{
    // Phrase, then for each role the kinds: n names them, u names them in capitals, s is shared by many, c is their country.
    public const string Data =
        """
        aadhaar|n127
        aadhaar card|n127
        aadhaar number|n127
        aadhaar vid|n128
        aadhaar virtual id|n128
        aadhar|n127
        aba|n238
        aba number|n238
        aba routing|n238
        abgabenkonto|n26
        abgabenkontonummer|n26
        ablauf|n2
        ablaufdatum|n2,13
        abn|n31
        abschnitt|n1
        access key|n6
        access token|n6
        account|n0
        account no|n237|s23,65,98,174,176,218,237
        account number|n237|s23,65,98,174,176,218,237
        acct|n237
        acct no|n237
        acct number|n237
        acn|n32
        adhaar|n127
        adhar|n127
        adoption taxpayer identification number|n230
        adoption taxpayer number|n230
        adoszam|n120
        adoszama|n120
        afip|n24
        afm|n116
        ahv|n49
        ahv nr|n49
        ahv nummer|n49
        ahvn|n49
        albania|c22
        albanian|c22
        albanian tax number|n22
        algeria|c87
        algerian|c87
        algerie|c87
        algerien|c87
        algerienne|c87
        alv nro|n103
        alv numero|n103
        alv tunnus|n103
        america|c228,229,230,231,232,233,234,235,236,237,238
        american|c228,229,230,231,232,233,234,235,236,237,238
        american express|n10
        american passport|n232
        amex|n10
        amka|n115
        amtliches kennzeichen|n76
        amtsgericht|n77
        and|n2
        andorra|c21
        andorran|c21
        andorrana|c21
        anrufen|n20
        answering at|n20
        aotearoa|c175,176
        api key|n6
        api token|n6
        apikey|n6
        appelez|n20
        appelle|n20
        arac plakasi|n214
        arac plakası|n214
        arbn|n32
        argentina|c23,24,25
        argentine|c23,24,25
        argentine bank account|n23
        argentine identity|n25
        argentinian|c23,24,25
        argentino|c23,24,25
        ariregistri kood|n91
        arithmos forologikou mitroou|n116
        arvonlisaveronumero|n103
        arzt nr|n74
        arztnummer|n74
        asmens koda|n150
        asmens kodas|n150
        asmens kodo|n150
        association number|n104
        association register number|n104
        assurance sociale|n46
        atin|n230
        atm pin|n14
        auftrag|n0
        aussie|c30,31,32,33
        australia|c30,31,32,33
        australian|c30,31,32,33
        australian business number|n31
        australian company number|n32
        australian medicare number|n33
        austria|c26,27,28,29
        austrian|c26,27,28,29
        austrian company register|n29
        austrian social insurance|n28
        austrian tax number|n26
        austrian vat|n27
        ausweis nr|n70
        ausweisnr|n70
        ausweisnummer|n70
        auth token|n6
        autokennzeichen|n76
        avec|n2
        avs|u49
        awb|n0
        azerbaijan|c34
        azerbaijani|c34
        azerbaijani tax number|n34
        azerbaycan|c34
        azeri|c34
        azərbaycan|c34
        back of card|n12
        back of my card|n12
        back of the card|n12
        bahasa indonesia|c121,122
        bank account|n176,237|s23,65,98,174,176,218,237
        bank account number|n176,237|s23,65,98,174,176,218,237
        bank identifier code|n18
        bank routing number|n238
        bankkarte|n10
        bankkonto|n174
        bankovni spojeni|n65
        bankovni ucet|n65
        barcode|n0
        bc services card|n48
        bearer|n6
        belarus|c45
        belarusian|c45
        belarusian tax number|n45
        belarussian|c45
        belge|c35,36,37,38,39
        belgian|c35,36,37,38,39
        belgian bis|n36
        belgian identity card|n37
        belgian national number|n35
        belgian vat|n38
        belgie|c35,36,37,38,39
        belgien|c35,36,37,38,39
        belgique|c35,36,37,38,39
        belgisch|c35,36,37,38,39
        belgische|c35,36,37,38,39
        belgium|c35,36,37,38,39
        bellen|n20
        bestelling|n0
        bestellnummer|n0
        bestellung|n0
        betriebsstaettennummer|n75
        betriebsstatten nr|n75
        betriebsstattennummer|n75
        beveiligingscode|n12
        bharat|c127,128,129,130,131,132,133
        bic|u18
        bic code|n18
        bic swift|n18
        bir|u180
        bir number|n180
        bir taxpayer|n180
        bir tin|n180
        birth date|n19
        birth number|n62,203
        birthdate|n19
        birthday|n19
        bis|n2
        bis nr|n36
        bis number|n36
        bis nummer|n36
        bisnummer|n36
        bitcoin|n15
        bn number|n47
        born|n19
        brasil|c43,44
        brasileira|c43,44
        brasileiro|c43,44
        brazil|c43,44
        brazilian|c43,44
        britain|c218,219,220,221,222,223,224,225,226,227
        british|c218,219,220,221,222,223,224,225,226,227
        british columbia personal health number|n48
        british passport|n222
        brn|n146
        bsn|n167
        bsn nummer|n167
        bsnr|n75
        btc|n15
        btw|n168
        btw id|n168
        btw identificatienummer|n168
        btw nr|n168
        btw nummer|n38,168
        build|n1
        bulgaria|c40,41,42
        bulgarian|c40,41,42
        bulgarian foreigner number|n41
        bulgarian personal number|n40
        bulgarian vat|n42
        bulgarski|c40,41,42
        bulstat|n42
        bundesrepublik|c66,67,68,69,70,71,72,73,74,75,76,77,78
        bureau of internal revenue|n180
        burger service nummer|n167
        burgerservicenummer|n167
        business administration number|n215
        business id|n102
        business number|n47,146|s29,31,32,38,42,44,47,50,55,56,58,64,77,84,86,87,89,91,96,102,110,111,112,114,117,126,134,142,146,153,154,156,164,172,179,184,187,189,190,194,196,199,202,205,207,208,210,211,215,217,239,241
        business registration number|n146
        bvr|n52
        cadastro de pessoas fisicas|n43
        cadastro nacional da pessoa juridica|n44
        caduca|n2
        caducidad|n2,13
        call|n20
        call me|n20
        call us|n20
        canada|c46,47,48
        canadian|c46,47,48
        canadian business number|n47
        canadian social insurance number|n46
        canadien|c46,47,48
        canadienne|c46,47,48
        car number|n133
        car plate|n166
        car reg|n225
        car registration|n225
        card|n10
        card code|n12
        card pin|n14
        card verification|n12
        cardnumber|n10
        cards|n10
        care card|n48
        carecard|n48
        carne de identidad|n60
        carnet de identidad|n60
        carta|n10
        carta d identita|n139
        carta di identita|n139
        carta identita|n139
        cartao|n10
        cartao cidadao|n186
        cartao de cidadao|n186
        carte|n10
        carte d identite|n37
        carte vitale|n107
        cartella clinica|n118
        case|n0
        cav|n12
        cb|n10
        cbu|n23
        cc|n10
        ccc|n98
        ccnum|n10
        cdi afip|n24
        cedula|n57,85,88
        cedula chilena|n53
        cedula de ciudadania|n88
        cedula de identidad|n57,85,88
        cedula de identidad y electoral|n85
        cedula de persona fisica|n57
        cedula de persona juridica|n58
        cedula de residencia|n59
        cedula de residente|n59
        cedula dominicana|n85
        cedula ecuatoriana|n88
        cedula fisica|n57
        cedula juridica|n58
        cedula unica de identidad|n178
        cell|n20
        cellphone|n20
        cellulare|n20
        celular|n20
        ceska|c62,63,64,65
        ceska republika|c62,63,64,65
        ceske|c62,63,64,65
        cesko|c62,63,64,65
        cesky|c62,63,64,65
        chapter|n1
        chart number|n118
        chassis number|n82
        checking account|n237
        checking account number|n237
        chile|c53
        chilean|c53
        chilena|c53
        chileno|c53
        china|c54,55
        chinese|c54,55
        chinese id card|n54
        chinese resident id|n54
        cid|n12
        cif|u96,189
        cif empresa|n96
        cif number|n96
        cislo uctu|n65
        citizen card|n186
        citizen card number|n186
        citizen id|n209
        citizen number|s24,25,35,36,40,41,43,46,53,54,57,59,60,62,83,85,88,90,94,95,101,119,121,123,125,127,131,134,141,144,145,150,153,160,161,163,165,167,171,181,182,186,188,195,198,200,203,209,212,242
        clause|n1
        clave|n7
        clave bancaria uniforme|n23
        clave de seguridad|n12
        clave unica de identificacion tributaria|n24
        clave unica de registro|n161
        clave virtual uniforme|n23
        client secret|n6
        cnic|n181
        cnic no|n181
        cnic number|n181
        cnp|n188
        cnpj|n44
        cnpj n|n44
        cod de inregistrare fiscala|n189
        cod de seguranca|n12
        cod de seguridad|n12
        cod fisc|n136
        cod fiscal|n156,189
        cod fiscale|n136,137
        cod numeric personal|n188
        cod tva|n189
        cod unic de inregistrare|n190
        code|n2
        code cvv|n12
        code de securite|n12
        code on the back|n12
        code pin|n14
        code secu|n12
        code siren|n110
        codfisc|n136
        codice coe|n206
        codice di sicurezza|n12
        codice fiscale|n136,137
        codice iva|n137
        codice operatore economico|n206
        codice sicurezza|n12
        codigo cuenta cliente|n98
        codigo de identificacion fiscal|n96
        codigo de seguranca|n12
        codigo de seguridad|n12
        codigo seguridad|n12
        codigo unico de identificacion|n178
        codigo verificador do cartao|n12
        codul fiscal|n189
        codul numeric personal|n188
        codul unic de inregistrare|n190
        coe|u206
        coe number|n206
        coe sm|n206
        cofi|n207
        colis|n0
        colombia|c56
        colombian|c56
        colombiana|c56
        colombiano|c56
        commande|n0
        communication structuree|n39
        company identity code|n196
        company no|s29,31,32,38,42,44,47,50,55,56,58,64,77,84,86,87,89,91,96,102,110,111,112,114,117,126,134,142,146,153,154,156,164,172,179,184,187,189,190,194,196,199,202,205,207,208,210,211,215,217,239,241
        company number|s29,31,32,38,42,44,47,50,55,56,58,64,77,84,86,87,89,91,96,102,110,111,112,114,117,126,134,142,146,153,154,156,164,172,179,184,187,189,190,194,196,199,202,205,207,208,210,211,215,217,239,241
        company register|n77
        company registration number|s29,31,32,38,42,44,47,50,55,56,58,64,77,84,86,87,89,91,96,102,110,111,112,114,117,126,134,142,146,153,154,156,164,172,179,184,187,189,190,194,196,199,202,205,207,208,210,211,215,217,239,241
        computerised national identity card|n181
        computerized national identity card|n181
        con|n2
        construction tax number|n105
        contact number|n20
        contrasena|n7
        contribuinte|n185
        corporate number|n142
        costa rica|c57,58,59
        costa rican|c57,58,59
        costa rican company number|n58
        costa rican foreigner|n59
        costa rican personal number|n57
        costarricense|c57,58,59
        cpf|n43,57
        cpf n|n43
        cpj|n58
        cpr|u83
        cpr no|n83
        cpr nr|n83
        cpr number|n83
        cpr nummer|n83
        cprnr|n83
        credit|n10
        creditcard|n10
        crna gora|c157
        crne gore|c157
        crnogorski|c157
        croatia|c119
        croatian|c119
        croatian personal number|n119
        crypto|n12,15
        cryptogramme|n12
        csc|n12
        cuba|c60
        cuban|c60
        cuban id|n60
        cuban identity|n60
        cuban identity number|n60
        cubana|c60
        cubano|c60
        cuenta bancaria|n98
        cuenta corriente|n98
        cui|u178,190
        cui number|n190
        cuil|n24
        cuit|n24
        cuit number|n24
        curp|n161
        cvc|n12
        cvccode|n12
        cvccvv|n12
        cvd|n12
        cvn|n12
        cvr|n84
        cvr nr|n84
        cvr number|n84
        cvr nummer|n84
        cvu|n23
        cvv|n12
        cvvcode|n12
        cvvs|n12
        cypriot|c61
        cypriot vat|n61
        cyprus|c61
        cyprus vat|n61
        czech|c62,63,64,65
        czech bank account|n65
        czech birth number|n62
        czech company number|n64
        czech republic|c62,63,64,65
        czech vat|n63
        czechia|c62,63,64,65
        d nummer|n171
        danish|c83,84
        danish personal number|n83
        dankort|n10
        danmark|c83,84
        danocen broj|n158
        danove identifikacni cislo|n63
        dansk|c83,84
        danske|c83,84
        data de nascimento|n19
        data di nascita|n19
        date|n2
        date d expiration|n13
        date de naissance|n19
        date of birth|n19
        davcna stevilka|n201
        davcno stevilko|n201
        dds nomer|n42
        dds number|n42
        de|n2
        dea|n235
        dea license|n235
        dea no|n235
        dea number|n235
        dea registration|n235
        debit|n10
        debitcard|n10
        denmark|c83,84
        desk|n20
        deutsch|c66,67,68,69,70,71,72,73,74,75,76,77,78
        deutsche|c66,67,68,69,70,71,72,73,74,75,76,77,78
        deutscher|c66,67,68,69,70,71,72,73,74,75,76,77,78
        deutsches|c66,67,68,69,70,71,72,73,74,75,76,77,78
        deutschland|c66,67,68,69,70,71,72,73,74,75,76,77,78
        device id|n79,81
        device number|n79,81
        dgi|n239
        dgii|n86
        dial|n20
        dian|n56
        dic|u63,204
        digits on the back|n12
        dimex|n59
        diners|n10
        discover|n10
        dl no|n233
        dl number|n233
        dni|u25,94,178
        dni argentino|n25
        dni es|n25,94,178
        dni nif|n94
        dni number|n25,94,178
        dni numero|n25,94,178
        dni peruano|n178
        dob|n19
        documentnummer|n169
        documento nacional de identidad|n25,94,178
        dominican|c85,86
        dominican identity|n85
        dominican identity number|n85
        dominican republic|c85,86
        dominicana|c85,86
        dominicano|c85,86
        driver licence|n233|s71,138,148,223,233
        driver license|n148,233|s71,138,148,223,233
        driver number|n223
        driver permit|n233
        driver s lic|n233
        driver s licence|n148,233
        driver s license|n148,233
        driver s license number|n233
        drivers licence|n233
        drivers license|n148,233|s71,138,148,223,233
        driving licence|n148,233|s71,138,148,223,233
        driving licence number|s71,138,148,223,233
        driving license|n233|s71,138,148,223,233
        driving license number|s71,138,148,223,233
        dutch|c167,168,169,170
        dutch citizen number|n167
        dutch passport|n169
        dutch vat|n168
        dvla|n223
        dvla driver number|n223
        dvla number|n223
        e|n2
        e card nummer|n28
        e ktp|n121
        ean|n0
        ecard|n28
        ecuador|c88,89
        ecuadorean|c88,89
        ecuadorian|c88,89
        ecuadorian identity|n88
        ecuadorian identity number|n88
        ecuatoriana|c88,89
        ecuatoriano|c88,89
        edb|n158
        edinen grazhdanski nomer|n40
        edinstven danocen broj|n158
        edrpou|n217
        edrpou code|n217
        education number|n170
        eesti|c90,91,92
        egn|n40
        egypt|c93
        egyptian|c93
        egyptian tax|n93
        egyptian tax number|n93
        eid|u37
        eid kaart|n37
        eid number|n37
        eid nummer|n37
        eik|n42
        ein|n229
        eire|c123,124
        el salvador|c208
        elector photo identity card|n131
        ellada|c115,116
        ellinikos|c115,116
        email|n8
        employer id|n229
        employer id number|n229
        employer identification number|n229
        employer number|n229
        emso|n200
        emso number|n200
        encomenda|n0
        england|c218,219,220,221,222,223,224,225,226,227
        english|c218,219,220,221,222,223,224,225,226,227
        enotna maticna stevilka obcana|n200
        enterprise number|s29,31,32,38,42,44,47,50,55,56,58,64,77,84,86,87,89,91,96,102,110,111,112,114,117,126,134,142,146,153,154,156,164,172,179,184,187,189,190,194,196,199,202,205,207,208,210,211,215,217,239,241
        entity number|n199
        envio|n0
        epic|u131
        epic no|n131
        epic number|n131
        epoch|n0
        espana|c94,95,96,97,98
        espanol|c94,95,96,97,98
        espanola|c94,95,96,97,98
        esr|n52
        esr referenz|n52
        establishment number|n111
        estland|c90,91,92
        estonia|c90,91,92
        estonian|c90,91,92
        estonian company number|n91
        estonian personal code|n90
        estonian vat|n92
        et|n2
        eth|n15
        ethereum|n15
        eu|c99,100
        eu vat|n99
        eu vat number|n99
        european|c99,100
        european union|c99,100
        exp|n2
        exp date|n13
        expiration|n2,13
        expire|n2
        expire le|n13
        expires|n2,13
        expiry|n2,13
        expiry date|n13
        factura|n0
        facture|n0
        faeroe|c106
        fahrerlaubnis|n71
        fahrerlaubnisnummer|n71
        fahrgestellnummer|n82
        faroe|c106
        faroese|c106
        faroese tax number|n106
        fatura|n0
        fax|n20
        fecha|n2
        fecha de nacimiento|n19
        fecha de vencimiento|n13
        federal tax id|n229
        fein|n229
        filipino|c180
        fin|n2|u198
        fin number|n198
        fin nummer|n82
        finland|c101,102,103,104,105
        finnish|c101,102,103,104,105
        finnish association|n104
        finnish business number|n102
        finnish construction tax number|n105
        finnish personal identity code|n101
        finnish vat|n103
        finsk|c101,102,103,104,105
        finska|c101,102,103,104,105
        firmenbuch|n29
        firmenbuch nr|n29
        firmenbuchnummer|n29
        firmware|n1
        flight|n0
        fn|u29
        fn nummer|n29
        fnr|n171
        fo nummer|n102
        fodselsnr|n171
        fodselsnummer|n171
        foreign identification number|n198
        foreign registration number|n145
        foreigner number|n41,59,95
        foreigner registration|n145
        foreigner registration number|n145
        foreigners number|n59
        foretaksnummer|n172
        foroya|c106
        foroyar|c106
        fpa|n61
        francais|c107,108,109,110,111,112
        francaise|c107,108,109,110,111,112
        france|c107,108,109,110,111,112
        french|c107,108,109,110,111,112
        french social security number|n107
        french tax number|n108
        french vat|n109
        frn|n145
        frsc|n166
        fuehrerschein|n71
        fuehrerscheinnummer|n71
        fuhrerschein|n71
        fuhrerschein nr|n71
        fuhrerscheinnummer|n71
        fødselsnr|n171
        fødselsnummer|n171
        føroya|c106
        føroyar|c106
        gaeilge|c123,124
        geboortedatum|n19
        geboren|n19
        geburtsdatum|n19
        geburtstag|n19
        geheimzahl|n14
        geldig|n2
        genossenschaftsregister|n77
        german|c66,67,68,69,70,71,72,73,74,75,76,77,78
        german id card|n70
        german passport|n69
        german postcode|n78
        german tax id|n66
        german vehicle registration|n76
        germany|c66,67,68,69,70,71,72,73,74,75,76,77,78
        gestructureerde mededeling|n39
        gesundheitskarte|n73
        ghana|c113
        ghana tin|n113
        ghanaian|c113
        ghanaian tin|n113
        girokarte|n10
        gnr|n77
        good|n2
        good thru|n13
        goods and services tax number|n130
        gra number|n113
        gra tin|n113
        great britain|c218,219,220,221,222,223,224,225,226,227
        greece|c115,116
        greek|c115,116
        greek social security number|n115
        greek tax number|n116
        gst in|n130
        gst no|n130
        gst number|n47,130
        gstin|n130
        gtin|n0
        guatemala|c117
        guatemalan|c117
        guatemalteca|c117
        guatemalteco|c117
        gueltig|n2
        gui number|n215
        guic|n215
        guinea|c114
        guinean|c114
        guinean tax|n114
        guinean tax number|n114
        guinee|c114
        guineen|c114
        guineenne|c114
        gultig|n2
        gultig bis|n13
        handelsregister|n77
        handelsregisternummer|n77
        handy|n20
        handynummer|n20
        hanguk|c144,145,146,147,148
        health card number|n48
        health insurance number|n73
        health number|s33,48,219
        health record number|n118
        health service number|n219
        healthcare provider number|n234
        hellenic|c115,116
        henkilotunnuksen|n101
        henkilotunnukseni|n101
        henkilotunnus|n101
        het pe|n126
        hetu|n101
        hindi|c127,128,129,130,131,132,133
        historia clinica|n118
        hm passport|n222
        hojin bango|n142
        holland|c167,168,169,170
        home phone|n20
        hospital number|n118
        houjin bangou|n142
        hp number|n126
        hra|n77
        hrb|n77
        hrvatska|c119
        hrvatske|c119
        hrvatski|c119
        hst number|n47
        hungarian|c120
        hungarian tax number|n120
        hungary|c120
        iban|n9
        ic|u64
        ic dph|n204
        ic no|n163
        ic number|n163
        icdph|n204
        ice|u154
        ice no|n154
        ice number|n154
        iceland|c134,135
        icelandic|c134,135
        icelandic identity number|n134
        icelandic vat|n135
        ico|u64,205
        ico cz|n64
        ico firmy|n64,205
        ico sk|n205
        id|n0
        id card|s25,37,53,54,57,60,70,85,88,94,121,139,160,163,165,169,181,186,198,209
        id card number|s25,37,53,54,57,60,70,85,88,94,121,139,160,163,165,169,181,186,198,209
        id kaart|n169
        id nommer|n242
        id nr|n66
        id number|s24,25,35,36,40,41,43,46,53,54,57,59,60,62,83,85,88,90,94,95,101,119,121,123,125,127,131,134,141,144,145,150,153,160,161,163,165,167,171,181,182,186,188,195,198,200,203,209,212,242
        id stevilka za ddv|n201
        id za ddv|n201
        ide|u50
        identifiant commun|n154
        identifiant commun de entreprise|n154
        identifiant commun de l entreprise|n154
        identifiant fiscal|n108,211
        identifiant unique|n211
        identificacao tributaria|n164
        identification fiscale permanent|n114
        identification nationale des entreprises|n207
        identification number|s24,25,35,36,40,41,43,46,53,54,57,59,60,62,83,85,88,90,94,95,101,119,121,123,125,127,131,134,141,144,145,150,153,160,161,163,165,167,171,181,182,186,188,195,198,200,203,209,212,242
        identifikacne cislo organizacie|n205
        identifikacne cislo pre dan|n204
        identifikacni cislo|n64
        identifikacni cislo osoby|n64
        identifikationsnummer|n66
        identiteitskaart|n37,169
        identiteitskaartnummer|n37,169
        identity card|n198|s25,37,53,54,57,60,70,85,88,94,121,139,160,163,165,169,181,186,198,209
        identity card number|s25,37,53,54,57,60,70,85,88,94,121,139,160,163,165,169,181,186,198,209
        identity document|n242
        identity number|s24,25,35,36,40,41,43,46,53,54,57,59,60,62,83,85,88,90,94,95,101,119,121,123,125,127,131,134,141,144,145,150,153,160,161,163,165,167,171,181,182,186,188,195,198,200,203,209,212,242
        idi|u50
        idno|n156
        idno number|n156
        idnr|n66
        imei|n0,79
        imei number|n79
        imeisv|n79
        immatriculee au rcs|n112
        import one stop shop|n100
        imsi|n80
        income tax number|n129
        india|c127,128,129,130,131,132,133
        indian|c127,128,129,130,131,132,133
        indian passport|n132
        individual number|n141
        individual taxpayer id|n228
        individual taxpayer identification number|n228
        individual taxpayer number|n228
        indonesia|c121,122
        indonesian|c121,122
        indonesian identity|n121
        inland revenue number|n175
        inn|u193
        inn number|n193
        inn ru|n193
        inss|n35
        insurance number|n220|s73
        insz|n35,36
        intra community vat number|n99
        invoice|n0
        invoice registration number|n142
        ioss|n100
        ioss number|n100
        ip|n16
        ip address|n16
        ipn ua|n216
        ipv|n16
        ird|n175
        ird no|n175
        ird number|n175
        ireland|c123,124
        irish|c123,124
        irish pps|n123
        irish vat|n124
        is|n2
        isbn|n0
        isikukood|n90
        isikukoodi|n90
        isikukoodiga|n90
        island|c134,135
        islensk|c134,135
        islenskt|c134,135
        isr|n52
        israel|c125,126
        israeli|c125,126
        israeli company|n126
        israeli company number|n126
        israeli id|n125
        israeli identity number|n125
        italia|c136,137,138,139,140
        italian|c136,137,138,139,140
        italian driving licence|n138
        italian identity card|n139
        italian passport|n140
        italian tax code|n136
        italian vat|n137
        italiana|c136,137,138,139,140
        italiano|c136,137,138,139,140
        italy|c136,137,138,139,140
        itax pin|n143
        itin|n228
        its|n2
        iva|s51
        japan|c141,142
        japanese|c141,142
        jcb|n10
        joindre|n20
        jumin|n144
        jumin deungnok|n144
        kaart|n10
        kaartnummer eid|n37
        kad pengenalan|n163
        kaibemaks|n92
        kaibemaksukohustuslase|n92
        kaibemaksukohustuslase number|n92
        kapitel|n1
        karta|n10
        karte|n10
        karten|n10
        kartennr|n10
        kartennummer|n10
        kartenpruefnummer|n12
        kartenprufnummer|n12
        kartenprufziffer|n12
        kartu tanda penduduk|n121
        karty|n10
        kbo|n38
        kbo nummer|n38
        kennitala|n134
        kennitolu|n134
        kennwort|n7
        kennzeichen|n76
        kenya|c143
        kenyan|c143
        kenyan pin|n143
        kenyan tax number|n143
        kfz kennzeichen|n76
        kfz nummer|n76
        kimlik no|n212
        kimlik numarasi|n212
        kimlik numarası|n212
        kiwi|c175,176
        kmkr|n92
        kmkr nr|n92
        kojin bango|n141
        konto nr|n174
        kontonr|n174
        kontonummer|n174
        korea|c144,145,146,147,148
        korean|c144,145,146,147,148
        korean driver licence|n148
        korean passport|n147
        kort|n10
        kozossegi adoszam|n120
        kra|n143
        kra number|n143
        kra pin|n143
        krankenkasse|n73
        krankenversichertennummer|n73
        krankenversicherungsnummer|n73
        kreditkarte|n10
        kreditkartennummer|n10
        kreditkort|n10
        kt nr|n134
        ktp|n121
        ktp number|n121
        kvnr|n73
        kypros|c61
        landline|n20
        lanr|n74
        latvia|c153
        latvian|c153
        latvian personal code|n153
        latviesu|c153
        latvija|c153
        latvijas|c153
        learner permit|n233
        lebenslange arztnummer|n74
        letzebuerg|c152
        libreta civica|n25
        libreta de enrolamiento|n25
        licence number|n233
        licence plate|n214|s76,133,166,214,225
        license number|n233
        license plate|n214|s76,133,166,214,225
        lichen nomer na chuzhdenets|n41
        liechtenstein|c149
        liechtenstein tax number|n149
        liechtensteiner|c149
        liechtensteinisch|c149
        lietuva|c150,151
        lietuviskas|c150,151
        lietuvos|c150,151
        ligar|n20
        ligue|n20
        lithuania|c150,151
        lithuanian|c150,151
        lithuanian personal code|n150
        lithuanian vat|n151
        llamame|n20
        llamar|n20
        llame|n20
        lnch|n41
        lot|n0
        luxembourg|c152
        luxembourg vat|n152
        luxembourgeois|c152
        luxembourgeoise|c152
        luxembourgish|c152
        luxemburg|c152
        ma so doanh nghiep|n241
        ma so thue|n241
        mac|n17
        mac address|n17
        macedonia|c158
        macedonian|c158
        maestro|n10
        magyar|c120
        magyarorszag|c120
        magyarorszagi|c120
        mail|n8
        makedonija|c158
        makedonski|c158
        malaysia|c163
        malaysian|c163
        malaysian ic|n163
        malaysian identity card|n163
        malta|c159
        malta vat|n159
        maltese|c159
        maltese vat|n159
        malti|c159
        maltija|c159
        maroc|c154
        marocain|c154
        marocaine|c154
        master|n10
        mastercard|n10
        maticna stevilka|n202
        maticna stevilka podjetja|n202
        matricule fiscal|n211
        matricule fiscale|n211
        maurice|c160
        mauricien|c160
        mauricienne|c160
        mauritian|c160
        mauritian id|n160
        mauritian national id|n160
        mauritian national number|n160
        mauritius|c160
        mauritius national identity|n160
        mbi|n236
        mdp|n7
        mededeling|n39
        medical record|n118
        medical record no|n118
        medical record number|n118
        medical record or patient number|n118
        medicare|n33,236
        medicare beneficiary|n236
        medicare beneficiary identifier|n236
        medicare beneficiary number|n236
        medicare card|n33
        medicare card number|n33
        medicare id|n236
        medicare no|n33
        medicare number|n33,236
        mehrwertsteuernummer|n51,68
        meid|n81
        melayu|c163
        member id|n118
        memorandum of association number|n210
        merverdiavgift|n173
        messages to|n20
        meter|n0
        meu nuit|n164
        mexican|c161,162
        mexicana|c161,162
        mexicano|c161,162
        mexico|c161,162
        mf|u211
        mf number|n211
        mi cbu|n23
        mi dni|n25,94,178
        mi nie|n95
        mispar hevra|n126
        mispar zehut|n125
        misr|c93
        mit|n2
        mm|n2
        mobiel|n20
        mobil|n20
        mobile|n20
        mobilnummer|n20
        mocambicana|c164
        mocambicano|c164
        mocambique|c164
        model|n0
        moldova|c156
        moldovan|c156
        moldovan company number|n156
        moldovenesc|c156
        moms nr|n84,197
        momsnummer|n84,103,197
        momsreg nr|n197
        momsregistreringsnummer|n197
        monaco|c155
        monaco vat|n155
        monegasque|c155
        montenegrin|c157
        montenegrin tax number|n157
        montenegro|c157
        month|n2
        moroccan|c154
        moroccan company number|n154
        morocco|c154
        moss|n100
        mot de passe|n7
        movil|n20
        mozambican|c164
        mozambique|c164
        mrn|n118
        mst|n241
        mst number|n241
        mva|n173
        mva nr|n173
        mva nummer|n173
        mwst|n51
        mwst nr|n51
        mwst nummer|n51
        my kad|n163
        my number|n141
        my number card|n141
        my number is|n20
        my sin|n46
        my social|n11
        my tin|n113,180
        mykad|n163
        mykid|n163
        mynumber|n141
        mypr|n163
        n i f|n87
        n ice|n154
        n secu|n107
        n siren|n110
        n tva|n109,152
        nacida|n19
        nacido|n19
        nacimiento|n19
        nadra|n181
        nas|u46
        nas number|n46
        nascida|n19
        nascido|n19
        nascimento|n19
        nata|n19
        national health service number|n219
        national id|s24,25,35,36,40,41,43,46,53,54,57,59,60,62,83,85,88,90,94,95,101,119,121,123,125,127,131,134,141,144,145,150,153,160,161,163,165,167,171,181,182,186,188,195,198,200,203,209,212,242
        national identification number|s24,25,35,36,40,41,43,46,53,54,57,59,60,62,83,85,88,90,94,95,101,119,121,123,125,127,131,134,141,144,145,150,153,160,161,163,165,167,171,181,182,186,188,195,198,200,203,209,212,242
        national identity card|s25,37,53,54,57,60,70,85,88,94,121,139,160,163,165,169,181,186,198,209
        national identity card number|n160
        national identity number|s24,25,35,36,40,41,43,46,53,54,57,59,60,62,83,85,88,90,94,95,101,119,121,123,125,127,131,134,141,144,145,150,153,160,161,163,165,167,171,181,182,186,188,195,198,200,203,209,212,242
        national insurance|n220
        national insurance no|n220
        national insurance number|n220
        national number|s24,25,35,36,40,41,43,46,53,54,57,59,60,62,83,85,88,90,94,95,101,119,121,123,125,127,131,134,141,144,145,150,153,160,161,163,165,167,171,181,182,186,188,195,198,200,203,209,210,212,242
        national provider identifier|n234
        nationalregisternummer|n35
        nato|n19
        ne le|n19
        nederland|c167,168,169,170
        nederlands|c167,168,169,170
        nederlandse|c167,168,169,170
        nee le|n19
        netherlands|c167,168,169,170
        new zealand|c175,176
        new zealand bank account|n176
        new zealand tax number|n175
        nhs|n219
        nhs no|n219
        nhs num|n219
        nhs number|n219
        ni no|n220
        ni number|n220
        nic|u160
        nic number|n160
        nicop|n181
        nid|n160|u160
        nid number|n160
        nie|u95
        nie es|n95
        nie number|n95
        nif|n87,94,108,114,185|u87,94,96,114
        nif number|n87
        nifp|n114
        nigeria|c165,166
        nigerian|c165,166
        nigerian national number|n165
        nigerian nin|n165
        nigerian number plate|n166
        nigerian plate|n166
        nigerian vehicle registration|n166
        nihon|c141,142
        nik|n121
        nik number|n121
        nimc|n165
        nin|n165|u165
        nin no|n165
        nin number|n165
        nin slip|n165
        ninea|n207
        ninea number|n207
        nino|n220
        nip|n14|u183
        nip number|n183
        nip pl|n183
        nipc|n185
        nippon|c141,142
        nipt|n22
        nir|n107
        niss|n35,36
        nit|n56,117,208
        nit number|n56,117,208
        no ic|n163
        no kad pengenalan|n163
        no kp|n163
        no ktp|n121
        no nik|n121
        no npwp|n122
        nombor ic|n163
        nombor kad pengenalan|n163
        nomor induk kependudukan|n121
        nomor ktp|n121
        nomor nik|n121
        nomor npwp|n122
        nomor pokok wajib pajak|n122
        noreg|c171,172,173,174
        norge|c171,172,173,174
        norsk|c171,172,173,174
        norske|c171,172,173,174
        north macedonia|c158
        north macedonian|c158
        north macedonian tax number|n158
        norway|c171,172,173,174
        norwegian|c171,172,173,174
        norwegian bank account|n174
        norwegian national identity number|n171
        norwegian organisation number|n172
        norwegian vat|n173
        npi|n234
        npwp|n122
        npwp number|n122
        nr nip|n183
        nr pesel|n182
        nr reg com|n191
        nr regon|n184
        nric|n163,198|u198
        nric no|n198
        nric number|n163,198
        nric or fin|n198
        nrt|u21
        nrt number|n21
        nuis|n22
        nuit|u164
        nuit number|n164
        num secu|n107
        numar de identificare de stat|n156
        numar de ordine|n191
        number on the back|n12
        number plate|n133,166,225|s76,133,166,214,225
        numbers on the back|n12
        numer identyfikacji podatkowej|n183
        numer nip|n183
        numer pesel|n182
        numer regon|n184
        numero ahv|n49
        numero avs|n49
        numero bce|n38
        numero bis|n36
        numero carta identita|n139
        numero d assurance sociale|n46
        numero d entreprise|n38,47
        numero d identifiant fiscal|n87
        numero d identification fiscale|n87,114
        numero de bastidor|n82
        numero de carte d identite|n37
        numero de cbu|n23
        numero de cedula|n57,85,88
        numero de cedula juridica|n58
        numero de chassis|n82
        numero de cif|n96
        numero de contribuinte|n185
        numero de cuenta|n98
        numero de cuil|n24
        numero de cuit|n24
        numero de dimex|n59
        numero de dni|n25,94,178
        numero de documento|n25
        numero de documento cc|n186
        numero de dossier|n118
        numero de historia clinica|n118
        numero de identidad|n60
        numero de identidad de extranjero|n95
        numero de identidad permanente|n60
        numero de identificacao fiscal|n185
        numero de identificacion de extranjero|n95
        numero de identificacion fiscal|n94
        numero de identificacion tributaria|n56,117,208
        numero de nie|n95
        numero de nit|n56,117,208
        numero de nuit|n164
        numero de pasaporte|n97
        numero de reference|n52
        numero de registre national|n35
        numero de registre tributari|n21
        numero de rif|n240
        numero de rnc|n86
        numero de ruc|n89,179,187
        numero de rut|n53,239
        numero de securite|n12
        numero de securite sociale|n107
        numero de seguridad|n12
        numero de tva|n109|s152,155
        numero de tva luxembourg|n152
        numero di passaporto|n140
        numero di patente|n138
        numero di telaio|n82
        numero do cartao de cidadao|n186
        numero do cnpj|n44
        numero do cpf|n43
        numero do prontuario|n118
        numero fiscal|n108,185
        numero fiscal de reference|n108
        numero ice|n154
        numero ide|n50
        numero idi|n50
        numero insee|n107
        numero iva|n51,137
        numero matricule fiscal|n211
        numero national|n35
        numero nif|n87,94,114
        numero ninea|n207
        numero nuit|n164
        numero passaporto|n140
        numero patente|n138
        numero rcs|n112
        numero secu|n107
        numero siren|n110
        numero siret|n111
        numero spi|n108
        numero tva|n51,109
        numero unico de identificacao tributaria|n164
        nummernschild|n76
        numri i identifikimit|n22
        numru tal vat|n159
        numru tat taxxa|n159
        nz|c175,176
        nz bank account|n176
        o nuit|n164
        oasi number|n49
        oesterreich|c26,27,28,29
        office|n20
        ogm|n39
        ogm vcs|n39
        ogrn|n194
        ogrnip|n194
        oib|n119
        oman|c177
        oman vat|n177
        oman vatin|n177
        omani|c177
        omani vat|n177
        omani vat number|n177
        omzetbelastingnummer|n168
        ondernemingsnummer|n38
        onderwijs nummer|n170
        onderwijsnummer|n170
        one stop shop|n100
        onrc|n191
        order|n0
        orderid|n0
        orders|n0
        ordine|n0
        org nr|n172,196
        org nummer|n172,196
        organisasjonsnr|n172
        organisasjonsnummer|n172
        organisation number|s29,31,32,38,42,44,47,50,55,56,58,64,77,84,86,87,89,91,96,102,110,111,112,114,117,126,134,142,146,153,154,156,164,172,179,184,187,189,190,194,196,199,202,205,207,208,210,211,215,217,239,241
        organisationsnr|n196
        organisationsnummer|n196
        organization number|s29,31,32,38,42,44,47,50,55,56,58,64,77,84,86,87,89,91,96,102,110,111,112,114,117,126,134,142,146,153,154,156,164,172,179,184,187,189,190,194,196,199,202,205,207,208,210,211,215,217,239,241
        orgnr|n172,196
        osobni identifikacijski broj|n119
        osobnog identifikacijskog broja|n119
        oss|n100
        oss number|n100
        osterreich|c26,27,28,29
        osterreichisch|c26,27,28,29
        osterreichische|c26,27,28,29
        our number is|n20
        p iva|n137
        package|n0
        pakistan|c181
        pakistani|c181
        pakistani identity card|n181
        pan|n10|u129
        pan card|n129
        pan is|n129
        pan no|n129
        pan number|n129
        paraguay|c187
        paraguaya|c187
        paraguayan|c187
        paraguayo|c187
        parcel|n0
        part number|n0
        partita i v a|n137
        partita iva|n137
        partnerschaftsregister|n77
        pasaporte|n97
        paspoort|n169
        paspoortnummer|n169
        pass nr|n69
        passaporto|n140
        passnr|n69
        passnummer|n69
        passphrase|n7
        passport|n132,147,232|s69,97,132,140,147,169,222,232
        passport book|n232
        passport no|n132,147,232|s69,97,132,140,147,169,222,232
        passport num|n232
        passport number|n132,147,232|s69,97,132,140,147,169,222,232
        passports|s69,97,132,140,147,169,222,232
        passwd|n7
        password|n7
        passwords|n7
        passwort|n7
        patch|n1
        patente|n138
        patente di guida|n138
        patient id|n118
        patient no|n118
        patient number|n118|s219
        patientennummer|n118
        payment reference|n39,52
        payment slip reference|n52
        pe id|n149
        pedido|n0
        peid|n149
        pension insurance number|n72
        permanent account number|n129
        perso nummer|n70
        person nr|n195
        personal code|s24,25,35,36,40,41,43,46,53,54,57,59,60,62,83,85,88,90,94,95,101,119,121,123,125,127,131,134,141,144,145,150,153,160,161,163,165,167,171,181,182,186,188,195,198,200,203,209,212,242
        personal health number|n48
        personal identification number|n143,209|s149
        personal identity code|n101
        personal identity number|n195
        personal number|s24,25,35,36,40,41,43,46,53,54,57,59,60,62,83,85,88,90,94,95,101,119,121,123,125,127,131,134,141,144,145,150,153,160,161,163,165,167,171,181,182,186,188,195,198,200,203,209,212,242
        personal public service|n123
        personal public service number|n123
        personalausweis|n70
        personalausweis nr|n70
        personalausweisnummer|n70
        personas koda|n153
        personas kods|n153
        personas kodu|n153
        personbeteckning|n101
        personenidentifikationsnummer|n149
        personnr|n195
        personnummer|n83,171,195
        persoonsgebonden nummer|n170
        peru|c178,179
        peruana|c178,179
        peruano|c178,179
        peruvian|c178,179
        peruvian dni|n178
        peruvian identity|n178
        peruvian identity number|n178
        pesel|n182
        pesel number|n182
        pgn|n170
        philippine|c180
        philippine tax number|n180
        philippine tin|n180
        philippines|c180
        phn|n48
        phone|n20
        phones|n20
        physician number|n74
        pib|u157,192
        pib broj|n157,192
        pib me|n157
        pib number|n157,192
        pib rs|n192
        pilipinas|c180
        pin|n14
        pin code|n14
        pin number|n14
        pin number kra|n143
        pincode|n14
        piva|n137
        plaka|n214
        plaka no|n214
        plaka numarasi|n214
        plakasi|n214
        plakası|n214
        plate number|n166|s76,133,166,214,225
        plz|n78
        pnf|n41
        pnr|n195
        poland|c182,183,184
        policy holder id|n118
        polish|c182,183,184
        polish tax number|n183
        polnisch|c182,183,184
        polska|c182,183,184
        polski|c182,183,184
        polskie|c182,183,184
        poreski identifikacioni broj|n157,192
        portable|n20
        portugal|c185,186
        portugues|c185,186
        portuguesa|c185,186
        portuguese|c185,186
        portuguese tax number|n185
        poslovni register|n202
        post code|n224|s78,224
        postal code|s78,224
        postcode|n224|s78,224
        postcodes|n224
        postleitzahl|n78
        postleitzahlen|n78
        pps|u123
        pps no|n123
        pps number|n123
        ppsn|n123
        practice site number|n75
        prc|c54,55
        preparer number|n231
        preparer tax identification number|n231
        prontuario|n118
        protocolo|n0
        provider number|n234
        pruefnummer|n12
        pruefziffer|n12
        prufnummer|n12
        prufzahl|n12
        prufziffer|n12
        ptin|n231
        pupil number|n226
        pvm|n151
        pvm kodas|n151
        pvm moketojo kodas|n151
        pvn|n153
        pvn maksataja numurs|n153
        pvn numurs|n153
        pwd|n7
        qr reference|n52
        qr referenz|n52
        qrr|n52
        qualified invoice number|n142
        rc number|n133
        rcs|u112
        rcs number|n112
        reach me|n20
        rechnung|n0
        ref|n0
        reference|n0
        referenznummer|n52
        reg com|n191
        reg plate|n225
        registergericht|n77
        registernummer|n77
        registracijas numurs|n153
        registration number|n133|s29,31,32,38,42,44,47,50,55,56,58,64,77,84,86,87,89,91,96,102,110,111,112,114,117,126,134,142,146,153,154,156,164,172,179,184,187,189,190,194,196,199,202,205,207,208,210,211,215,217,239,241
        registration plate|n225|s76,133,166,214,225
        registre du commerce|n112
        registre national|n35
        registre tributari|n21
        registrikood|n91
        registrikoodi|n91
        registro de identificacion fiscal|n240
        registro de informacion fiscal|n240
        registro federal de contribuyentes|n162
        registro nacional de contribuyentes|n86
        registro nacional del contribuyente|n86
        registro unico de contribuyentes|n89,179,187
        registro unico tributario|n56,239
        registrul comertului|n191
        regon|n184
        regon number|n184
        reisepass|n69
        reisepass nr|n69
        reisepassnummer|n69
        release|n1
        rentenversicherung|n72
        rentenversicherungsnummer|n72
        republica dominicana|c85,86
        republica moldova|c156
        resident id|n54
        resident identity|n54
        resident identity card|n54
        resident identity number|n54
        resident registration|n144
        resident registration number|n144
        rev|n1
        rfc|n162|u162
        rfc con homoclave|n162
        ric|u54
        rif|n240
        rif number|n240
        rijksregister|n35
        rijksregister nummer|n35
        rijksregisternummer|n35
        ring me|n20
        rnc|n86
        rnc number|n86
        rnokpp|n216
        rntrc|n216
        rod cislo|n62,203
        rodne cislo|n62,203
        rodneho cisla|n62,203
        rol unico nacional|n53
        rol unico tributario|n53
        romana|c188,189,190,191
        romaneasca|c188,189,190,191
        romanesc|c188,189,190,191
        romania|c188,189,190,191
        romanian|c188,189,190,191
        romanian company number|n190
        romanian personal code|n188
        romanian trade register|n191
        romanian vat|n189
        room|n0
        routing|n238
        routing no|n238
        routing number|n238
        routing transit number|n238
        rr nummer|n35
        rrn|n144
        rsa|c242,243
        rsa id|n242
        rsi number|n123
        rsin|n167
        rtn|n238
        rto|n133
        ruc|n89,179,187
        ruc number|n89,179,187
        ruc paraguay|n187
        ruc uruguay|n239
        ruckruf|n20
        ruf|n20
        rufen|n20
        rufnummer|n20
        run|u53
        run chileno|n53
        rupay|n10
        russia|c193,194
        russian|c193,194
        russian company register number|n194
        russian tax number|n193
        rut|n53,239|u53,239
        rut colombia|n56
        rut number|n53,239
        rvnr|n72
        s s n|n11
        sa id|n242
        salvadoran|c208
        salvadorean|c208
        salvadorena|c208
        salvadoreno|c208
        sammarinese|c206
        samordningsnummer|n195
        san marino|c206
        san marino tax number|n206
        sanmarinese|c206
        sars number|n243
        sars reference|n243
        savings account|n237
        savings account number|n237
        scad|n2
        scadenza|n2,13
        schweiz|c49,50,51,52
        schweizer|c49,50,51,52
        schweizerisch|c49,50,51,52
        schweizerische|c49,50,51,52
        scotland|c218,219,220,221,222,223,224,225,226,227
        scottish|c218,219,220,221,222,223,224,225,226,227
        se nr|n84
        se nummer|n84
        seat|n0
        seats|n0
        sec|n2
        secret key|n6
        section|n1
        securite sociale|n107
        securite sociale americaine|n11
        security|n2
        security code|n12
        security digits|n12
        security number|n12
        securitycode|n12
        seguro social|n11
        self assessment number|n221
        sendung|n0
        sendungsnummer|n0
        senegal|c207
        senegalais|c207
        senegalaise|c207
        senegalese|c207
        senha|n7
        seniat|n240
        serbia|c192
        serbian|c192
        serbian tax number|n192
        serial|n0
        sg|c198,199
        shenfenzheng|n54
        shipment|n0
        shqip|c22
        shqiperi|c22
        shqiperia|c22
        shqiptar|c22
        sicherheitscode|n12
        sicherheitsnummer|n12
        sin|u46
        sin card|n46
        sin no|n46
        sin number|n46
        singapore|c198,199
        singaporean|c198,199
        siren|u110
        siren no|n110
        siren number|n110
        siret|n111
        siret number|n111
        skattenummer|n105
        sku|n0
        slovak|c203,204,205
        slovak birth number|n203
        slovak company number|n205
        slovak vat|n204
        slovakia|c203,204,205
        slovene|c200,201,202
        slovenia|c200,201,202
        slovenian|c200,201,202
        slovenian citizen number|n200
        slovenian company number|n202
        slovenian tax number|n201
        slovenija|c200,201,202
        slovenije|c200,201,202
        slovenska|c200,201,202,203,204,205
        slovenska republika|c203,204,205
        slovenske|c203,204,205
        slovenski|c200,201,202
        slovensko|c203,204,205
        slovensky|c203,204,205
        smart national identity card|n181
        sms|n20
        snic|n181
        soc sec|n11
        social|n11
        social credit code|n55
        social credit number|n55
        social insurance no|n46|s28,35,36,46,49,72,107,115,123,195
        social insurance number|n46|s28,35,36,46,49,72,107,115,123,195
        social is|n11
        social number|n11
        social sec|n11
        social security|n11
        social security no|s28,35,36,46,49,72,107,115,123,195
        social security number|s28,35,36,46,49,72,107,115,123,195
        socialsecurity|n11
        sofi nummer|n167
        sofinummer|n167
        sort code|n218
        sort code account number|n218
        sort code and account number|n218
        sortcode|n218
        south africa|c242,243
        south african|c242,243
        south african id|n242
        south african tax number|n243
        south korea|c144,145,146,147,148
        south korean|c144,145,146,147,148
        south korean driver s licence|n148
        sozialversicherungsausweis|n72
        sozialversicherungsnummer|n28,49,72
        sozialversicherungsnummer der usa|n11
        spain|c94,95,96,97,98
        spanish|c94,95,96,97,98
        spanish bank account|n98
        spanish passport|n97
        spedizione|n0
        srbija|c192
        srbije|c192
        sri ecuador|n89
        srpski|c192
        ss|n11
        ssn|n11
        ssns|n11
        ssnumber|n11
        st nr|n26,67
        steuer id|n66
        steuer identifikationsnummer|n66
        steuer idnr|n66
        steuer nr|n26,67
        steuer nummer|n67
        steuerid|n66
        steueridentifikationsnummer|n66
        steuerliche identifikationsnummer|n66
        steuernr|n26,67
        steuernummer|n26,67
        stnr|n67
        structured communication|n39
        student number|n170
        su dni|n94
        subscriber identity|n80
        subscriber number|n80
        suid afrika|c242,243
        suisse|c49,50,51,52
        sultanate of oman|c177
        sunat|n179
        suomalainen|c101,102,103,104,105
        suomen|c101,102,103,104,105
        suomi|c101,102,103,104,105
        sv nr|n28,72
        sv nummer|n28,72
        svensk|c195,196,197
        svenska|c195,196,197
        svenskt|c195,196,197
        sverige|c195,196,197
        svizra|c49,50,51,52
        svizzera|c49,50,51,52
        svizzero|c49,50,51,52
        svnr|n28,72
        sweden|c195,196,197
        swedish|c195,196,197
        swedish organisation number|n196
        swedish personal number|n195
        swedish vat|n197
        swift|u18
        swift address|n18
        swift bic|n18
        swift code|n18
        swift number|n18
        swiss|c49,50,51,52
        swiss company number|n50
        swiss social insurance|n49
        swiss vat|n51
        switzerland|c49,50,51,52
        t c kimlik|n212
        taiwan|c215
        taiwanese|c215
        tarjeta|n10
        tax code|n136
        tax file no|n30
        tax file number|n30
        tax id|s21,22,24,26,30,34,43,44,45,53,55,56,58,61,63,66,67,86,87,89,93,94,96,105,106,108,113,114,116,117,119,120,122,124,129,130,136,141,142,143,146,149,154,157,158,162,164,167,175,177,179,180,183,185,187,189,190,192,193,201,204,206,207,208,210,211,213,215,216,221,228,229,230,231,239,240,241,243
        tax identification number|s21,22,24,26,30,34,43,44,45,53,55,56,58,61,63,66,67,86,87,89,93,94,96,105,106,108,113,114,116,117,119,120,122,124,129,130,136,141,142,143,146,149,154,157,158,162,164,167,175,177,179,180,183,185,187,189,190,192,193,201,204,206,207,208,210,211,213,215,216,221,228,229,230,231,239,240,241,243
        tax number|s21,22,24,26,30,34,43,44,45,53,55,56,58,61,63,66,67,86,87,89,93,94,96,105,106,108,113,114,116,117,119,120,122,124,129,130,136,141,142,143,146,149,154,157,158,162,164,167,175,177,179,180,183,185,187,189,190,192,193,201,204,206,207,208,210,211,213,215,216,221,228,229,230,231,239,240,241,243
        tax number card|n105
        tax preparer number|n231
        tax reference|n243
        tax reference number|n243
        tax registration number|n93
        taxpayer identification number|s21,22,24,26,30,34,43,44,45,53,55,56,58,61,63,66,67,86,87,89,93,94,96,105,106,108,113,114,116,117,119,120,122,124,129,130,136,141,142,143,146,149,154,157,158,162,164,167,175,177,179,180,183,185,187,189,190,192,193,201,204,206,207,208,210,211,213,215,216,221,228,229,230,231,239,240,241,243
        taxpayer number|s21,22,24,26,30,34,43,44,45,53,55,56,58,61,63,66,67,86,87,89,93,94,96,105,106,108,113,114,116,117,119,120,122,124,129,130,136,141,142,143,146,149,154,157,158,162,164,167,175,177,179,180,183,185,187,189,190,192,193,201,204,206,207,208,210,211,213,215,216,221,228,229,230,231,239,240,241,243
        taxpayer reference|n221
        tc kimlik|n212
        tc kimlik no|n212
        tc kimlik numarasi|n212
        tc kimlik numarası|n212
        tckn|n212
        tehudat zehut|n125
        tel|n20
        telefon|n20
        telefone|n20
        telefonnummer|n20
        telefono|n20
        telefoon|n20
        telemovel|n20
        telephone|n20
        teudat zehut|n125
        text me|n20
        tfn|n30
        thai|c209,210
        thai id|n209
        thai id card|n209
        thai national id|n209
        thai national number|n209
        thai tax id|n210
        thai tax number|n210
        thai taxpayer number|n210
        thailand|c209,210
        the|n2
        through|n2
        thru|n2
        ticket|n0
        till|n2
        timestamp|n0
        tin|u113,180,210
        tin id|n180
        tin is|n113,180
        tin no|n113,180
        tin number|n113,180
        tin of|n180
        tnin|n209
        token|n6
        tongbian|n215
        tot|n2
        tracking|n0
        trade register number|n112,191
        transit number|n238
        ts|n0
        tu dni|n94
        tunisia|c211
        tunisian|c211
        tunisian tax|n211
        tunisian tax number|n211
        tunisie|c211
        tunisien|c211
        tunisienne|c211
        turk|c212,213,214
        turkey|c212,213,214
        turkish|c212,213,214
        turkish id|n212
        turkish identity number|n212
        turkish plate|n214
        turkish tax number|n213
        turkiye|c212,213,214
        tva|n38,109|s51,152,155
        tva intracommunautaire|n109
        tva luxembourg|n152
        tva monaco|n155
        tva monegasque|n155
        u s|c228,229,230,231,232,233,234,235,236,237,238
        ubn|n215
        ucet cislo|n65
        uen|n199
        uen number|n199
        uid|u27,50
        uid nr|n27,50
        uid number|n50
        uid nummer|n27,50
        uidai|n127
        uk|c218,219,220,221,222,223,224,225,226,227
        uk driving licence|n223
        uk number plate|n225
        uk passport|n222
        uk postcode|n224
        uk vat|n227
        uk vat number|n227
        ukraine|c216,217
        ukrainian|c216,217
        ukrainian company number|n217
        ukrainian taxpayer number|n216
        ukrainska|c216,217
        umsatzsteuer id|n68
        umsatzsteuer identifikationsnummer|n27,68
        umsatzsteueridentifikationsnummer|n27,68
        und|n2
        unified business number|n215
        unified social credit code|n55
        unified social credit identifier|n55
        uniform number|n215
        unionpay|n10
        unique entity number|n199
        unique pupil number|n226
        unique taxpayer reference|n221
        united kingdom|c218,219,220,221,222,223,224,225,226,227
        united states|c228,229,230,231,232,233,234,235,236,237,238
        unp|n45
        unp by|n45
        unternehmens identifikationsnummer|n50
        unternehmensidentifikationsnummer|n50
        unternehmensnummer|n38
        until|n2
        upc|n0
        update to|n1
        upgrade to|n1
        upn|u226
        upn number|n226
        uruguay|c239
        uruguaya|c239
        uruguayan|c239
        uruguayo|c239
        us|c228,229,230,231,232,233,234,235,236,237,238
        us bank account|n237
        us passport|n232
        us sozialversicherung|n11
        usa|c228,229,230,231,232,233,234,235,236,237,238
        uscc|u55
        ust id|n27,68
        ust id nr|n68
        ust idnr|n68
        ustid|n68
        ustidnr|n68
        utr|n221
        utr number|n221
        uuid|n0
        v|n1
        v tal|n106
        val|n2
        valid|n2
        valid thru|n13
        valid until|n13
        validade|n2,13
        vat id|n99|s22,27,38,42,51,61,63,68,84,92,93,100,103,109,113,116,119,120,122,124,130,135,137,143,151,152,153,155,157,158,159,168,173,177,180,183,185,189,192,197,201,204,210,227,240,241
        vat identification number|n99|s22,27,38,42,51,61,63,68,84,92,93,100,103,109,113,116,119,120,122,124,130,135,137,143,151,152,153,155,157,158,159,168,173,177,180,183,185,189,192,197,201,204,210,227,240,241
        vat no|n99|s22,27,38,42,51,61,63,68,84,92,93,100,103,109,113,116,119,120,122,124,130,135,137,143,151,152,153,155,157,158,159,168,173,177,180,183,185,189,192,197,201,204,210,227,240,241
        vat number|n99|s22,27,38,42,51,61,63,68,84,92,93,100,103,109,113,116,119,120,122,124,130,135,137,143,151,152,153,155,157,158,159,168,173,177,180,183,185,189,192,197,201,204,210,227,240,241
        vat nummer|n197
        vat reg|n124
        vat reg no|s22,27,38,42,51,61,63,68,84,92,93,100,103,109,113,116,119,120,122,124,130,135,137,143,151,152,153,155,157,158,159,168,173,177,180,183,185,189,192,197,201,204,210,227,240,241
        vat registration|n227
        vat registration number|n99|s22,27,38,42,51,61,63,68,84,92,93,100,103,109,113,116,119,120,122,124,130,135,137,143,151,152,153,155,157,158,159,168,173,177,180,183,185,189,192,197,201,204,210,227,240,241
        vatin|n177
        vcs|n39
        vehicle identification number|n82
        vehicle no|n133
        vehicle number|n133
        vehicle plate|n166
        vehicle reg|n225
        vehicle registration|n133,166,225|s76,133,166,214,225
        vehicle registration mark|n225
        vehicle registration number|n133,166|s76,133,166,214,225
        vehicles|n225
        veiligheidscode|n12
        vence|n2
        vencimiento|n2,13
        venezolana|c240
        venezolano|c240
        venezuela|c240
        venezuelan|c240
        ver|n1
        vereinsregister|n77
        verfall|n2
        verfallsdatum|n13
        vergi kimlik no|n213
        vergi kimlik numarasi|n213
        vergi kimlik numarası|n213
        vergi no|n213
        vergi numarasi|n213
        vergi numarası|n213
        vergi odeyicisinin|n34
        vergi odəyicisinin|n34
        verification digits|n12
        verification value|n12
        vero numero|n105
        veronumero|n105
        versichertennummer|n73
        versicherungsnummer|n28,72
        version|n1
        versions|n1
        vervaldatum|n13
        vid|n128
        vid number|n128
        viet nam|c241
        vietnam|c241
        vietnamese|c241
        vietnamese tax|n241
        vietnamese tax number|n241
        vin|n82
        vin number|n82
        vinnutal|n106
        virdisaukaskattsnumer|n135
        virtual id|n128
        virtual nin|n165
        virðisaukaskattsnumer|n135
        visa|n10
        vkn|n213
        voen|n34
        vorgang|n0
        vote|n131
        voter|n131
        voter card|n131
        voter id|n131
        voter id card|n131
        voter identity|n131
        voter number|n131
        voters list|n131
        vrm|n225
        vsk nr|n135
        vsk number|n135
        vsk numer|n135
        vsknr|n135
        vsnr|n28
        vtal|n106
        vto|n2
        wachtwoord|n7
        wales|c218,219,220,221,222,223,224,225,226,227
        wallet|n15
        welsh|c218,219,220,221,222,223,224,225,226,227
        whatsapp|n20
        with|n2
        work phone|n20
        y|n2
        y tunnus|n102
        year|n2
        yhdistyksen rekisterinumero|n104
        yhdistysrekisteri|n104
        yhdistysrekisterinumero|n104
        your social|n11
        your tin|n113,180
        yritys ja yhteisotunnus|n102
        yritystunnus|n102
        ytunnus|n102
        yy|n2
        zending|n0
        zip|n0
        zip code|s78,224
        α μ κ α|n115
        α φ μ|n116
        αμκα|n115
        αριθμος μητρωου κοινωνικης ασφαλισης|n115
        αριθμος φορολογικου μητρωου|n116
        αριθμος φπα|n61
        αφμ|n116
        ελλαδα|c115,116
        ελληνικη|c115,116
        ελληνικο|c115,116
        ελληνικος|c115,116
        κυπριακο|c61
        κυπρος|c61
        φπα|n61
        беларуси|c45
        беларускі|c45
        беларусь|c45
        белорусскии|c45
        булстат|n42
        българия|c40,41,42
        българска|c40,41,42
        български|c40,41,42
        даночен број|n158
        ддс|n42
        ддс номер|n42
        егн|n40
        едб|n158
        единен граждански номер|n40
        единствен даночен број|n158
        едрпоу|n217
        еик|n42
        идентификационныи номер налогоплательщика|n193
        ин по ддс|n42
        инн|n193
        инн номер|n193
        ипн|n216
        карта|n10
        карты|n10
        код едрпоу|n217
        код єдрпоу|n217
        личен номер на чужденец|n41
        лнч|n41
        македонија|c158
        македонски|c158
        огрн|n194
        огрнип|n194
        основнои государственныи регистрационныи номер|n194
        пиб|n192
        порески идентификациони број|n192
        реєстраціинии номер обліковоі картки|n216
        рнокпп|n216
        россии|c193,194
        россииская|c193,194
        россиискии|c193,194
        россия|c193,194
        рф|c193,194
        србија|c192
        србије|c192
        српски|c192
        украина|c216,217
        украинскии|c216,217
        украіна|c216,217
        украінськии|c216,217
        украінськоі|c216,217
        унн|n45
        унп|n45
        учетныи номер плательщика|n45
        єдрпоу|n217
        індивідуальнии податковии номер|n216
        інн|n216
        іпн|n216
        ח פ|n126
        חפ|n126
        ישראל|c125,126
        ישראלי|c125,126
        ישראלית|c125,126
        מספר זהות|n125
        מספר חברה|n126
        ת ז|n125
        תעודת זהות|n125
        التسجيل الضريبي|n93
        التعريف الجبايي|n87
        التعريف الموحد|n154
        التعريف الموحد للمقاولة|n154
        الجزاير|c87
        الرقم الضريبى|n93
        الرقم الضريبي|n93,177
        المعرف الجبايى|n211
        المعرف الجبايي|n211
        المعرف الموحد للمقاولة|n154
        المغرب|c154
        تونس|c211
        تونسي|c211
        تونسية|c211
        جزايري|c87
        رقم البطاقة الضريبية|n93
        رقم التسجيل الضريبي|n93
        رقم التعريف الجبايي|n87
        رقم التعريف الموحد للمقاولة|n154
        رقم المعرف الجبايي|n211
        رقم ضريبة القيمة المضافة|n177
        شناختی کارڈ|n181
        شناختی کارڈ نمبر|n181
        عمان|c177
        عماني|c177
        قومی شناختی کارڈ|n181
        مصر|c93
        مصري|c93
        مصرية|c93
        مغربي|c154
        مغربية|c154
        پاکستان|c181
        پاکستانی|c181
        บตรประจำตวประชาชน|n209
        บตรประชาชน|n209
        ประเทศไทย|c209,210
        รหสบตรประชาชน|n209
        หมายเลขบตรประชาชน|n209
        หมายเลขผเสยภาษ|n210
        เลข หลก|n209
        เลขทบตรประชาชน|n209
        เลขทะเบยนนตบคคล|n210
        เลขบตรประจำตวประชาชน|n209
        เลขบตรประชาชน|n209
        เลขประจำตวประชาชน|n209
        เลขประจำตวผเสยภาษ|n210
        เลขประจำตวผเสยภาษอากร|n210
        เลขผเสยภาษ|n210
        ไทย|c209,210
        インホイス番号|n142
        クレシット|n10
        セキュリティコート|n12
        マイナンハー|n141
        マイナンハーカート|n141
        中华人民共和国|c54,55
        中国|c54,55
        中国大陆|c54,55
        中華人民共和國|c54,55
        中華民國|c215
        信用代码|n55
        個人番号|n141
        個人番号カート|n141
        公司統一編號|n215
        公司統編|n215
        公民身份号码|n54
        公民身份证号码|n54
        卡号|n10
        台灣|c215
        安全码|n12
        居民身份证|n54
        居民身份证号码|n54
        日本|c141,142
        法人番号|n142
        營利事業統一編號|n215
        登録番号|n142
        社会保障 税番号|n141
        社会信用代码|n55
        統一社會信用代碼|n55
        統一編号|n215
        統一編號|n215
        統編|n215
        纳税人识别号|n55
        统一信用代码|n55
        统一社会信用代码|n55
        臺灣|c215
        身份證|n54
        身份證號碼|n54
        身份证|n54
        身份证号|n54
        身份证号码|n54
        適格請求書発行事業者登録番号|n142
        사업자등록번호|n146
        사업자번호|n146
        여권|n147
        여권번호|n147
        외국인등록번호|n145
        운전면허|n148
        운전면허번호|n148
        주민등록번호|n144
        주민번호|n144
        """;
}
