// Written by eng/MaskingRules from Rules/*.json. Change those, then: dotnet run --project eng/MaskingRules
namespace SecureChat.Masking;

internal static class WordTable
{
    // Phrase, then for each role the kinds: n names them, u names them in capitals, s is shared by many, c is their country.
    public const string Data =
        """
        abgabenkonto|n23
        abgabenkontonummer|n23
        ablauf|n2
        ablaufdatum|n2,13
        abschnitt|n1
        access key|n6
        access token|n6
        account|n0
        account no|s45,68,115,143
        account number|s45,68,115,143
        adoszam|n86
        adoszama|n86
        afm|n84
        ahv|n37
        ahv nr|n37
        ahv nummer|n37
        ahvn|n37
        albania|c22
        albanian|c22
        albanian tax number|n22
        alv nro|n73
        alv numero|n73
        alv tunnus|n73
        american express|n10
        amex|n10
        amka|n83
        amtliches kennzeichen|n56
        amtsgericht|n57
        and|n2
        andorra|c21
        andorran|c21
        andorrana|c21
        anrufen|n20
        answering at|n20
        api key|n6
        api token|n6
        apikey|n6
        appelez|n20
        appelle|n20
        arac plakasi|n140
        arac plakası|n140
        ariregistri kood|n62
        arithmos forologikou mitroou|n84
        arvonlisaveronumero|n73
        arzt nr|n54
        arztnummer|n54
        asmens koda|n99
        asmens kodas|n99
        asmens kodo|n99
        association number|n74
        association register number|n74
        atm pin|n14
        auftrag|n0
        austria|c23,24,25,26
        austrian|c23,24,25,26
        austrian company register|n26
        austrian social insurance|n25
        austrian tax number|n23
        austrian vat|n24
        ausweis nr|n50
        ausweisnr|n50
        ausweisnummer|n50
        auth token|n6
        autokennzeichen|n56
        avec|n2
        avs|u37
        awb|n0
        azerbaijan|c27
        azerbaijani|c27
        azerbaijani tax number|n27
        azerbaycan|c27
        azeri|c27
        azərbaycan|c27
        back of card|n12
        back of my card|n12
        back of the card|n12
        bank account|s45,68,115,143
        bank account number|s45,68,115,143
        bank identifier code|n18
        bankkarte|n10
        bankkonto|n115
        bankovni spojeni|n45
        bankovni ucet|n45
        barcode|n0
        bearer|n6
        belarus|c36
        belarusian|c36
        belarusian tax number|n36
        belarussian|c36
        belge|c28,29,30,31,32
        belgian|c28,29,30,31,32
        belgian bis|n29
        belgian identity card|n30
        belgian national number|n28
        belgian vat|n31
        belgie|c28,29,30,31,32
        belgien|c28,29,30,31,32
        belgique|c28,29,30,31,32
        belgisch|c28,29,30,31,32
        belgische|c28,29,30,31,32
        belgium|c28,29,30,31,32
        bellen|n20
        bestelling|n0
        bestellnummer|n0
        bestellung|n0
        betriebsstaettennummer|n55
        betriebsstatten nr|n55
        betriebsstattennummer|n55
        beveiligingscode|n12
        bic|u18
        bic code|n18
        bic swift|n18
        birth date|n19
        birth number|n42,134
        birthdate|n19
        birthday|n19
        bis|n2
        bis nr|n29
        bis number|n29
        bis nummer|n29
        bisnummer|n29
        bitcoin|n15
        born|n19
        britain|c143,144,145,146,147,148,149,150,151,152
        british|c143,144,145,146,147,148,149,150,151,152
        british passport|n147
        bsn|n108
        bsn nummer|n108
        bsnr|n55
        btc|n15
        btw|n109
        btw id|n109
        btw identificatienummer|n109
        btw nr|n109
        btw nummer|n31,109
        build|n1
        bulgaria|c33,34,35
        bulgarian|c33,34,35
        bulgarian foreigner number|n34
        bulgarian personal number|n33
        bulgarian vat|n35
        bulgarski|c33,34,35
        bulstat|n35
        bundesrepublik|c46,47,48,49,50,51,52,53,54,55,56,57,58
        burger service nummer|n108
        burgerservicenummer|n108
        business id|n72
        business number|s26,31,35,38,44,57,60,62,66,72,80,81,82,90,91,102,104,113,118,122,123,127,129,133,136,142
        bvr|n40
        caduca|n2
        caducidad|n2,13
        call|n20
        call me|n20
        call us|n20
        car reg|n150
        car registration|n150
        card|n10
        card code|n12
        card pin|n14
        card verification|n12
        cardnumber|n10
        cards|n10
        carta|n10
        carta d identita|n96
        carta di identita|n96
        carta identita|n96
        cartao|n10
        cartao cidadao|n120
        cartao de cidadao|n120
        carte|n10
        carte d identite|n30
        carte vitale|n77
        case|n0
        cav|n12
        cb|n10
        cc|n10
        ccc|n68
        ccnum|n10
        cell|n20
        cellphone|n20
        cellulare|n20
        celular|n20
        ceska|c42,43,44,45
        ceska republika|c42,43,44,45
        ceske|c42,43,44,45
        cesko|c42,43,44,45
        cesky|c42,43,44,45
        chapter|n1
        cid|n12
        cif|u66,122
        cif empresa|n66
        cif number|n66
        cislo uctu|n45
        citizen card|n120
        citizen card number|n120
        citizen number|s28,29,33,34,42,59,61,64,65,71,85,87,89,91,99,102,108,112,116,120,121,128,131,134,138
        clause|n1
        clave|n7
        clave de seguridad|n12
        client secret|n6
        cnp|n121
        cod de inregistrare fiscala|n122
        cod de seguranca|n12
        cod de seguridad|n12
        cod fisc|n93
        cod fiscal|n104,122
        cod fiscale|n93,94
        cod numeric personal|n121
        cod tva|n122
        cod unic de inregistrare|n123
        code|n2
        code cvv|n12
        code de securite|n12
        code on the back|n12
        code pin|n14
        code secu|n12
        code siren|n80
        codfisc|n93
        codice coe|n137
        codice di sicurezza|n12
        codice fiscale|n93,94
        codice iva|n94
        codice operatore economico|n137
        codice sicurezza|n12
        codigo cuenta cliente|n68
        codigo de identificacion fiscal|n66
        codigo de seguranca|n12
        codigo de seguridad|n12
        codigo seguridad|n12
        codigo verificador do cartao|n12
        codul fiscal|n122
        codul numeric personal|n121
        codul unic de inregistrare|n123
        coe|u137
        coe number|n137
        coe sm|n137
        colis|n0
        commande|n0
        communication structuree|n32
        company identity code|n129
        company no|s26,31,35,38,44,57,60,62,66,72,80,81,82,90,91,102,104,113,118,122,123,127,129,133,136,142
        company number|s26,31,35,38,44,57,60,62,66,72,80,81,82,90,91,102,104,113,118,122,123,127,129,133,136,142
        company register|n57
        company registration number|s26,31,35,38,44,57,60,62,66,72,80,81,82,90,91,102,104,113,118,122,123,127,129,133,136,142
        con|n2
        construction tax number|n75
        contact number|n20
        contrasena|n7
        contribuinte|n119
        cpr|u59
        cpr no|n59
        cpr nr|n59
        cpr number|n59
        cpr nummer|n59
        cprnr|n59
        credit|n10
        creditcard|n10
        crna gora|c105
        crne gore|c105
        crnogorski|c105
        croatia|c85
        croatian|c85
        croatian personal number|n85
        crypto|n12,15
        cryptogramme|n12
        csc|n12
        cuenta bancaria|n68
        cuenta corriente|n68
        cui|u123
        cui number|n123
        cvc|n12
        cvccode|n12
        cvccvv|n12
        cvd|n12
        cvn|n12
        cvr|n60
        cvr nr|n60
        cvr number|n60
        cvr nummer|n60
        cvv|n12
        cvvcode|n12
        cvvs|n12
        cypriot|c41
        cypriot vat|n41
        cyprus|c41
        cyprus vat|n41
        czech|c42,43,44,45
        czech bank account|n45
        czech birth number|n42
        czech company number|n44
        czech republic|c42,43,44,45
        czech vat|n43
        czechia|c42,43,44,45
        d nummer|n112
        danish|c59,60
        danish personal number|n59
        dankort|n10
        danmark|c59,60
        danocen broj|n106
        danove identifikacni cislo|n43
        dansk|c59,60
        danske|c59,60
        data de nascimento|n19
        data di nascita|n19
        date|n2
        date d expiration|n13
        date de naissance|n19
        date of birth|n19
        davcna stevilka|n132
        davcno stevilko|n132
        dds nomer|n35
        dds number|n35
        de|n2
        debit|n10
        debitcard|n10
        denmark|c59,60
        desk|n20
        deutsch|c46,47,48,49,50,51,52,53,54,55,56,57,58
        deutsche|c46,47,48,49,50,51,52,53,54,55,56,57,58
        deutscher|c46,47,48,49,50,51,52,53,54,55,56,57,58
        deutsches|c46,47,48,49,50,51,52,53,54,55,56,57,58
        deutschland|c46,47,48,49,50,51,52,53,54,55,56,57,58
        dial|n20
        dic|u43,135
        digits on the back|n12
        diners|n10
        discover|n10
        dni|u64
        dni es|n64
        dni nif|n64
        dni number|n64
        dni numero|n64
        dob|n19
        documentnummer|n110
        documento nacional de identidad|n64
        driver licence|s51,95,148
        driver license|s51,95,148
        driver number|n148
        drivers license|s51,95,148
        driving licence|s51,95,148
        driving licence number|s51,95,148
        driving license|s51,95,148
        driving license number|s51,95,148
        dutch|c108,109,110,111
        dutch citizen number|n108
        dutch passport|n110
        dutch vat|n109
        dvla|n148
        dvla driver number|n148
        dvla number|n148
        e|n2
        e card nummer|n25
        ean|n0
        ecard|n25
        edb|n106
        edinen grazhdanski nomer|n33
        edinstven danocen broj|n106
        edrpou|n142
        edrpou code|n142
        education number|n111
        eesti|c61,62,63
        egn|n33
        eid|u30
        eid kaart|n30
        eid number|n30
        eid nummer|n30
        eik|n35
        eire|c87,88
        ellada|c83,84
        ellinikos|c83,84
        email|n8
        emso|n131
        emso number|n131
        encomenda|n0
        england|c143,144,145,146,147,148,149,150,151,152
        english|c143,144,145,146,147,148,149,150,151,152
        enotna maticna stevilka obcana|n131
        enterprise number|s26,31,35,38,44,57,60,62,66,72,80,81,82,90,91,102,104,113,118,122,123,127,129,133,136,142
        envio|n0
        epoch|n0
        espana|c64,65,66,67,68
        espanol|c64,65,66,67,68
        espanola|c64,65,66,67,68
        esr|n40
        esr referenz|n40
        establishment number|n81
        estland|c61,62,63
        estonia|c61,62,63
        estonian|c61,62,63
        estonian company number|n62
        estonian personal code|n61
        estonian vat|n63
        et|n2
        eth|n15
        ethereum|n15
        eu|c69,70
        eu vat|n69
        eu vat number|n69
        european|c69,70
        european union|c69,70
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
        faeroe|c76
        fahrerlaubnis|n51
        fahrerlaubnisnummer|n51
        faroe|c76
        faroese|c76
        faroese tax number|n76
        fatura|n0
        fax|n20
        fecha|n2
        fecha de nacimiento|n19
        fecha de vencimiento|n13
        fin|n2
        finland|c71,72,73,74,75
        finnish|c71,72,73,74,75
        finnish association|n74
        finnish business number|n72
        finnish construction tax number|n75
        finnish personal identity code|n71
        finnish vat|n73
        finsk|c71,72,73,74,75
        finska|c71,72,73,74,75
        firmenbuch|n26
        firmenbuch nr|n26
        firmenbuchnummer|n26
        firmware|n1
        flight|n0
        fn|u26
        fn nummer|n26
        fnr|n112
        fo nummer|n72
        fodselsnr|n112
        fodselsnummer|n112
        foreigner number|n34,65
        foretaksnummer|n113
        foroya|c76
        foroyar|c76
        fpa|n41
        francais|c77,78,79,80,81,82
        francaise|c77,78,79,80,81,82
        france|c77,78,79,80,81,82
        french|c77,78,79,80,81,82
        french social security number|n77
        french tax number|n78
        french vat|n79
        fuehrerschein|n51
        fuehrerscheinnummer|n51
        fuhrerschein|n51
        fuhrerschein nr|n51
        fuhrerscheinnummer|n51
        fødselsnr|n112
        fødselsnummer|n112
        føroya|c76
        føroyar|c76
        gaeilge|c87,88
        geboortedatum|n19
        geboren|n19
        geburtsdatum|n19
        geburtstag|n19
        geheimzahl|n14
        geldig|n2
        genossenschaftsregister|n57
        german|c46,47,48,49,50,51,52,53,54,55,56,57,58
        german id card|n50
        german passport|n49
        german postcode|n58
        german tax id|n46
        german vehicle registration|n56
        germany|c46,47,48,49,50,51,52,53,54,55,56,57,58
        gestructureerde mededeling|n32
        gesundheitskarte|n53
        girokarte|n10
        gnr|n57
        good|n2
        good thru|n13
        great britain|c143,144,145,146,147,148,149,150,151,152
        greece|c83,84
        greek|c83,84
        greek social security number|n83
        greek tax number|n84
        gtin|n0
        gueltig|n2
        gultig|n2
        gultig bis|n13
        handelsregister|n57
        handelsregisternummer|n57
        handy|n20
        handynummer|n20
        health insurance number|n53
        health number|s144
        health service number|n144
        hellenic|c83,84
        henkilotunnuksen|n71
        henkilotunnukseni|n71
        henkilotunnus|n71
        het pe|n90
        hetu|n71
        hm passport|n147
        holland|c108,109,110,111
        home phone|n20
        hp number|n90
        hra|n57
        hrb|n57
        hrvatska|c85
        hrvatske|c85
        hrvatski|c85
        hungarian|c86
        hungarian tax number|n86
        hungary|c86
        iban|n9
        ic|u44
        ic dph|n135
        icdph|n135
        iceland|c91,92
        icelandic|c91,92
        icelandic identity number|n91
        icelandic vat|n92
        ico|u44,136
        ico cz|n44
        ico firmy|n44,136
        ico sk|n136
        id|n0
        id card|s30,50,64,96,110,120
        id card number|s30,50,64,96,110,120
        id kaart|n110
        id nr|n46
        id number|s28,29,33,34,42,59,61,64,65,71,85,87,89,91,99,102,108,112,116,120,121,128,131,134,138
        id stevilka za ddv|n132
        id za ddv|n132
        ide|u38
        identifiant fiscal|n78
        identification number|s28,29,33,34,42,59,61,64,65,71,85,87,89,91,99,102,108,112,116,120,121,128,131,134,138
        identifikacne cislo organizacie|n136
        identifikacne cislo pre dan|n135
        identifikacni cislo|n44
        identifikacni cislo osoby|n44
        identifikationsnummer|n46
        identiteitskaart|n30,110
        identiteitskaartnummer|n30,110
        identity card|s30,50,64,96,110,120
        identity card number|s30,50,64,96,110,120
        identity number|s28,29,33,34,42,59,61,64,65,71,85,87,89,91,99,102,108,112,116,120,121,128,131,134,138
        idi|u38
        idno|n104
        idno number|n104
        idnr|n46
        imei|n0
        immatriculee au rcs|n82
        import one stop shop|n70
        inn|u126
        inn number|n126
        inn ru|n126
        inss|n28
        insurance number|n145|s53
        insz|n28,29
        intra community vat number|n69
        invoice|n0
        ioss|n70
        ioss number|n70
        ip|n16
        ip address|n16
        ipn ua|n141
        ipv|n16
        ireland|c87,88
        irish|c87,88
        irish pps|n87
        irish vat|n88
        is|n2
        isbn|n0
        isikukood|n61
        isikukoodi|n61
        isikukoodiga|n61
        island|c91,92
        islensk|c91,92
        islenskt|c91,92
        isr|n40
        israel|c89,90
        israeli|c89,90
        israeli company|n90
        israeli company number|n90
        israeli id|n89
        israeli identity number|n89
        italia|c93,94,95,96,97
        italian|c93,94,95,96,97
        italian driving licence|n95
        italian identity card|n96
        italian passport|n97
        italian tax code|n93
        italian vat|n94
        italiana|c93,94,95,96,97
        italiano|c93,94,95,96,97
        italy|c93,94,95,96,97
        its|n2
        iva|s39
        jcb|n10
        joindre|n20
        kaart|n10
        kaartnummer eid|n30
        kaibemaks|n63
        kaibemaksukohustuslase|n63
        kaibemaksukohustuslase number|n63
        kapitel|n1
        karta|n10
        karte|n10
        karten|n10
        kartennr|n10
        kartennummer|n10
        kartenpruefnummer|n12
        kartenprufnummer|n12
        kartenprufziffer|n12
        karty|n10
        kbo|n31
        kbo nummer|n31
        kennitala|n91
        kennitolu|n91
        kennwort|n7
        kennzeichen|n56
        kfz kennzeichen|n56
        kfz nummer|n56
        kimlik no|n138
        kimlik numarasi|n138
        kimlik numarası|n138
        kmkr|n63
        kmkr nr|n63
        konto nr|n115
        kontonr|n115
        kontonummer|n115
        kort|n10
        kozossegi adoszam|n86
        krankenkasse|n53
        krankenversichertennummer|n53
        krankenversicherungsnummer|n53
        kreditkarte|n10
        kreditkartennummer|n10
        kreditkort|n10
        kt nr|n91
        kvnr|n53
        kypros|c41
        landline|n20
        lanr|n54
        latvia|c102
        latvian|c102
        latvian personal code|n102
        latviesu|c102
        latvija|c102
        latvijas|c102
        lebenslange arztnummer|n54
        letzebuerg|c101
        licence plate|n140|s56,140,150
        license plate|n140|s56,140,150
        lichen nomer na chuzhdenets|n34
        liechtenstein|c98
        liechtenstein tax number|n98
        liechtensteiner|c98
        liechtensteinisch|c98
        lietuva|c99,100
        lietuviskas|c99,100
        lietuvos|c99,100
        ligar|n20
        ligue|n20
        lithuania|c99,100
        lithuanian|c99,100
        lithuanian personal code|n99
        lithuanian vat|n100
        llamame|n20
        llamar|n20
        llame|n20
        lnch|n34
        lot|n0
        luxembourg|c101
        luxembourg vat|n101
        luxembourgeois|c101
        luxembourgeoise|c101
        luxembourgish|c101
        luxemburg|c101
        mac|n17
        mac address|n17
        macedonia|c106
        macedonian|c106
        maestro|n10
        magyar|c86
        magyarorszag|c86
        magyarorszagi|c86
        mail|n8
        makedonija|c106
        makedonski|c106
        malta|c107
        malta vat|n107
        maltese|c107
        maltese vat|n107
        malti|c107
        maltija|c107
        master|n10
        mastercard|n10
        maticna stevilka|n133
        maticna stevilka podjetja|n133
        mdp|n7
        mededeling|n32
        mehrwertsteuernummer|n39,48
        merverdiavgift|n114
        messages to|n20
        meter|n0
        mi dni|n64
        mi nie|n65
        mispar hevra|n90
        mispar zehut|n89
        mit|n2
        mm|n2
        mobiel|n20
        mobil|n20
        mobile|n20
        mobilnummer|n20
        model|n0
        moldova|c104
        moldovan|c104
        moldovan company number|n104
        moldovenesc|c104
        moms nr|n60,130
        momsnummer|n60,73,130
        momsreg nr|n130
        momsregistreringsnummer|n130
        monaco|c103
        monaco vat|n103
        monegasque|c103
        montenegrin|c105
        montenegrin tax number|n105
        montenegro|c105
        month|n2
        moss|n70
        mot de passe|n7
        movil|n20
        mva|n114
        mva nr|n114
        mva nummer|n114
        mwst|n39
        mwst nr|n39
        mwst nummer|n39
        my number is|n20
        my social|n11
        n secu|n77
        n siren|n80
        n tva|n79,101
        nacida|n19
        nacido|n19
        nacimiento|n19
        nascida|n19
        nascido|n19
        nascimento|n19
        nata|n19
        national health service number|n144
        national id|s28,29,33,34,42,59,61,64,65,71,85,87,89,91,99,102,108,112,116,120,121,128,131,134,138
        national identification number|s28,29,33,34,42,59,61,64,65,71,85,87,89,91,99,102,108,112,116,120,121,128,131,134,138
        national identity card|s30,50,64,96,110,120
        national identity number|s28,29,33,34,42,59,61,64,65,71,85,87,89,91,99,102,108,112,116,120,121,128,131,134,138
        national insurance|n145
        national insurance no|n145
        national insurance number|n145
        national number|s28,29,33,34,42,59,61,64,65,71,85,87,89,91,99,102,108,112,116,120,121,128,131,134,138
        nationalregisternummer|n28
        nato|n19
        ne le|n19
        nederland|c108,109,110,111
        nederlands|c108,109,110,111
        nederlandse|c108,109,110,111
        nee le|n19
        netherlands|c108,109,110,111
        nhs|n144
        nhs no|n144
        nhs num|n144
        nhs number|n144
        ni no|n145
        ni number|n145
        nie|u65
        nie es|n65
        nie number|n65
        nif|n64,78,119|u64,66
        nino|n145
        nip|n14|u117
        nip number|n117
        nip pl|n117
        nipc|n119
        nipt|n22
        nir|n77
        niss|n28,29
        noreg|c112,113,114,115
        norge|c112,113,114,115
        norsk|c112,113,114,115
        norske|c112,113,114,115
        north macedonia|c106
        north macedonian|c106
        north macedonian tax number|n106
        norway|c112,113,114,115
        norwegian|c112,113,114,115
        norwegian bank account|n115
        norwegian national identity number|n112
        norwegian organisation number|n113
        norwegian vat|n114
        nr nip|n117
        nr pesel|n116
        nr reg com|n124
        nr regon|n118
        nrt|u21
        nrt number|n21
        nuis|n22
        num secu|n77
        numar de identificare de stat|n104
        numar de ordine|n124
        number on the back|n12
        number plate|n150|s56,140,150
        numbers on the back|n12
        numer identyfikacji podatkowej|n117
        numer nip|n117
        numer pesel|n116
        numer regon|n118
        numero ahv|n37
        numero avs|n37
        numero bce|n31
        numero bis|n29
        numero carta identita|n96
        numero d entreprise|n31
        numero de carte d identite|n30
        numero de cif|n66
        numero de contribuinte|n119
        numero de cuenta|n68
        numero de dni|n64
        numero de documento cc|n120
        numero de identidad de extranjero|n65
        numero de identificacao fiscal|n119
        numero de identificacion de extranjero|n65
        numero de identificacion fiscal|n64
        numero de nie|n65
        numero de pasaporte|n67
        numero de reference|n40
        numero de registre national|n28
        numero de registre tributari|n21
        numero de securite|n12
        numero de securite sociale|n77
        numero de seguridad|n12
        numero de tva|n79|s101,103
        numero de tva luxembourg|n101
        numero di passaporto|n97
        numero di patente|n95
        numero do cartao de cidadao|n120
        numero fiscal|n78,119
        numero fiscal de reference|n78
        numero ide|n38
        numero idi|n38
        numero insee|n77
        numero iva|n39,94
        numero national|n28
        numero nif|n64
        numero passaporto|n97
        numero patente|n95
        numero rcs|n82
        numero secu|n77
        numero siren|n80
        numero siret|n81
        numero spi|n78
        numero tva|n39,79
        nummernschild|n56
        numri i identifikimit|n22
        numru tal vat|n107
        numru tat taxxa|n107
        oasi number|n37
        oesterreich|c23,24,25,26
        office|n20
        ogm|n32
        ogm vcs|n32
        ogrn|n127
        ogrnip|n127
        oib|n85
        omzetbelastingnummer|n109
        ondernemingsnummer|n31
        onderwijs nummer|n111
        onderwijsnummer|n111
        one stop shop|n70
        onrc|n124
        order|n0
        orderid|n0
        orders|n0
        ordine|n0
        org nr|n113,129
        org nummer|n113,129
        organisasjonsnr|n113
        organisasjonsnummer|n113
        organisation number|s26,31,35,38,44,57,60,62,66,72,80,81,82,90,91,102,104,113,118,122,123,127,129,133,136,142
        organisationsnr|n129
        organisationsnummer|n129
        organization number|s26,31,35,38,44,57,60,62,66,72,80,81,82,90,91,102,104,113,118,122,123,127,129,133,136,142
        orgnr|n113,129
        osobni identifikacijski broj|n85
        osobnog identifikacijskog broja|n85
        oss|n70
        oss number|n70
        osterreich|c23,24,25,26
        osterreichisch|c23,24,25,26
        osterreichische|c23,24,25,26
        our number is|n20
        p iva|n94
        package|n0
        pan|n10
        parcel|n0
        part number|n0
        partita i v a|n94
        partita iva|n94
        partnerschaftsregister|n57
        pasaporte|n67
        paspoort|n110
        paspoortnummer|n110
        pass nr|n49
        passaporto|n97
        passnr|n49
        passnummer|n49
        passphrase|n7
        passport|s49,67,97,110,147
        passport no|s49,67,97,110,147
        passport number|s49,67,97,110,147
        passports|s49,67,97,110,147
        passwd|n7
        password|n7
        passwords|n7
        passwort|n7
        patch|n1
        patente|n95
        patente di guida|n95
        patient number|s144
        payment reference|n32,40
        payment slip reference|n40
        pe id|n98
        pedido|n0
        peid|n98
        pension insurance number|n52
        perso nummer|n50
        person nr|n128
        personal code|s28,29,33,34,42,59,61,64,65,71,85,87,89,91,99,102,108,112,116,120,121,128,131,134,138
        personal identification number|s98
        personal identity code|n71
        personal identity number|n128
        personal number|s28,29,33,34,42,59,61,64,65,71,85,87,89,91,99,102,108,112,116,120,121,128,131,134,138
        personal public service|n87
        personal public service number|n87
        personalausweis|n50
        personalausweis nr|n50
        personalausweisnummer|n50
        personas koda|n102
        personas kods|n102
        personas kodu|n102
        personbeteckning|n71
        personenidentifikationsnummer|n98
        personnr|n128
        personnummer|n59,112,128
        persoonsgebonden nummer|n111
        pesel|n116
        pesel number|n116
        pgn|n111
        phone|n20
        phones|n20
        physician number|n54
        pib|u105,125
        pib broj|n105,125
        pib me|n105
        pib number|n105,125
        pib rs|n125
        pin|n14
        pin code|n14
        pin number|n14
        pincode|n14
        piva|n94
        plaka|n140
        plaka no|n140
        plaka numarasi|n140
        plakasi|n140
        plakası|n140
        plate number|s56,140,150
        plz|n58
        pnf|n34
        pnr|n128
        poland|c116,117,118
        polish|c116,117,118
        polish tax number|n117
        polnisch|c116,117,118
        polska|c116,117,118
        polski|c116,117,118
        polskie|c116,117,118
        poreski identifikacioni broj|n105,125
        portable|n20
        portugal|c119,120
        portugues|c119,120
        portuguesa|c119,120
        portuguese|c119,120
        portuguese tax number|n119
        poslovni register|n133
        post code|n149|s58,149
        postal code|s58,149
        postcode|n149|s58,149
        postcodes|n149
        postleitzahl|n58
        postleitzahlen|n58
        pps|u87
        pps no|n87
        pps number|n87
        ppsn|n87
        practice site number|n55
        protocolo|n0
        pruefnummer|n12
        pruefziffer|n12
        prufnummer|n12
        prufzahl|n12
        prufziffer|n12
        pupil number|n151
        pvm|n100
        pvm kodas|n100
        pvm moketojo kodas|n100
        pvn|n102
        pvn maksataja numurs|n102
        pvn numurs|n102
        pwd|n7
        qr reference|n40
        qr referenz|n40
        qrr|n40
        rcs|u82
        rcs number|n82
        reach me|n20
        rechnung|n0
        ref|n0
        reference|n0
        referenznummer|n40
        reg com|n124
        reg plate|n150
        registergericht|n57
        registernummer|n57
        registracijas numurs|n102
        registration number|s26,31,35,38,44,57,60,62,66,72,80,81,82,90,91,102,104,113,118,122,123,127,129,133,136,142
        registration plate|n150|s56,140,150
        registre du commerce|n82
        registre national|n28
        registre tributari|n21
        registrikood|n62
        registrikoodi|n62
        registrul comertului|n124
        regon|n118
        regon number|n118
        reisepass|n49
        reisepass nr|n49
        reisepassnummer|n49
        release|n1
        rentenversicherung|n52
        rentenversicherungsnummer|n52
        republica moldova|c104
        rev|n1
        rijksregister|n28
        rijksregister nummer|n28
        rijksregisternummer|n28
        ring me|n20
        rnokpp|n141
        rntrc|n141
        rod cislo|n42,134
        rodne cislo|n42,134
        rodneho cisla|n42,134
        romana|c121,122,123,124
        romaneasca|c121,122,123,124
        romanesc|c121,122,123,124
        romania|c121,122,123,124
        romanian|c121,122,123,124
        romanian company number|n123
        romanian personal code|n121
        romanian trade register|n124
        romanian vat|n122
        room|n0
        rr nummer|n28
        rsi number|n87
        rsin|n108
        ruckruf|n20
        ruf|n20
        rufen|n20
        rufnummer|n20
        rupay|n10
        russia|c126,127
        russian|c126,127
        russian company register number|n127
        russian tax number|n126
        rvnr|n52
        s s n|n11
        sammarinese|c137
        samordningsnummer|n128
        san marino|c137
        san marino tax number|n137
        sanmarinese|c137
        scad|n2
        scadenza|n2,13
        schweiz|c37,38,39,40
        schweizer|c37,38,39,40
        schweizerisch|c37,38,39,40
        schweizerische|c37,38,39,40
        scotland|c143,144,145,146,147,148,149,150,151,152
        scottish|c143,144,145,146,147,148,149,150,151,152
        se nr|n60
        se nummer|n60
        seat|n0
        seats|n0
        sec|n2
        secret key|n6
        section|n1
        securite sociale|n77
        securite sociale americaine|n11
        security|n2
        security code|n12
        security digits|n12
        security number|n12
        securitycode|n12
        seguro social|n11
        self assessment number|n146
        sendung|n0
        sendungsnummer|n0
        senha|n7
        serbia|c125
        serbian|c125
        serbian tax number|n125
        serial|n0
        shipment|n0
        shqip|c22
        shqiperi|c22
        shqiperia|c22
        shqiptar|c22
        sicherheitscode|n12
        sicherheitsnummer|n12
        siren|u80
        siren no|n80
        siren number|n80
        siret|n81
        siret number|n81
        skattenummer|n75
        sku|n0
        slovak|c134,135,136
        slovak birth number|n134
        slovak company number|n136
        slovak vat|n135
        slovakia|c134,135,136
        slovene|c131,132,133
        slovenia|c131,132,133
        slovenian|c131,132,133
        slovenian citizen number|n131
        slovenian company number|n133
        slovenian tax number|n132
        slovenija|c131,132,133
        slovenije|c131,132,133
        slovenska|c131,132,133,134,135,136
        slovenska republika|c134,135,136
        slovenske|c134,135,136
        slovenski|c131,132,133
        slovensko|c134,135,136
        slovensky|c134,135,136
        sms|n20
        soc sec|n11
        social|n11
        social insurance no|s25,28,29,37,52,77,83,87,128
        social insurance number|s25,28,29,37,52,77,83,87,128
        social is|n11
        social number|n11
        social sec|n11
        social security|n11
        social security no|s25,28,29,37,52,77,83,87,128
        social security number|s25,28,29,37,52,77,83,87,128
        socialsecurity|n11
        sofi nummer|n108
        sofinummer|n108
        sort code|n143
        sort code account number|n143
        sort code and account number|n143
        sortcode|n143
        sozialversicherungsausweis|n52
        sozialversicherungsnummer|n25,37,52
        sozialversicherungsnummer der usa|n11
        spain|c64,65,66,67,68
        spanish|c64,65,66,67,68
        spanish bank account|n68
        spanish passport|n67
        spedizione|n0
        srbija|c125
        srbije|c125
        srpski|c125
        ss|n11
        ssn|n11
        ssns|n11
        ssnumber|n11
        st nr|n23,47
        steuer id|n46
        steuer identifikationsnummer|n46
        steuer idnr|n46
        steuer nr|n23,47
        steuer nummer|n47
        steuerid|n46
        steueridentifikationsnummer|n46
        steuerliche identifikationsnummer|n46
        steuernr|n23,47
        steuernummer|n23,47
        stnr|n47
        structured communication|n32
        student number|n111
        su dni|n64
        suisse|c37,38,39,40
        suomalainen|c71,72,73,74,75
        suomen|c71,72,73,74,75
        suomi|c71,72,73,74,75
        sv nr|n25,52
        sv nummer|n25,52
        svensk|c128,129,130
        svenska|c128,129,130
        svenskt|c128,129,130
        sverige|c128,129,130
        svizra|c37,38,39,40
        svizzera|c37,38,39,40
        svizzero|c37,38,39,40
        svnr|n25,52
        sweden|c128,129,130
        swedish|c128,129,130
        swedish organisation number|n129
        swedish personal number|n128
        swedish vat|n130
        swift|u18
        swift address|n18
        swift bic|n18
        swift code|n18
        swift number|n18
        swiss|c37,38,39,40
        swiss company number|n38
        swiss social insurance|n37
        swiss vat|n39
        switzerland|c37,38,39,40
        t c kimlik|n138
        tarjeta|n10
        tax code|n93
        tax id|s21,22,23,27,36,41,43,46,47,64,66,75,76,78,84,85,86,88,93,98,105,106,108,117,119,122,123,125,126,132,135,137,139,141,146
        tax identification number|s21,22,23,27,36,41,43,46,47,64,66,75,76,78,84,85,86,88,93,98,105,106,108,117,119,122,123,125,126,132,135,137,139,141,146
        tax number|s21,22,23,27,36,41,43,46,47,64,66,75,76,78,84,85,86,88,93,98,105,106,108,117,119,122,123,125,126,132,135,137,139,141,146
        tax number card|n75
        taxpayer identification number|s21,22,23,27,36,41,43,46,47,64,66,75,76,78,84,85,86,88,93,98,105,106,108,117,119,122,123,125,126,132,135,137,139,141,146
        taxpayer number|s21,22,23,27,36,41,43,46,47,64,66,75,76,78,84,85,86,88,93,98,105,106,108,117,119,122,123,125,126,132,135,137,139,141,146
        taxpayer reference|n146
        tc kimlik|n138
        tc kimlik no|n138
        tc kimlik numarasi|n138
        tc kimlik numarası|n138
        tckn|n138
        tehudat zehut|n89
        tel|n20
        telefon|n20
        telefone|n20
        telefonnummer|n20
        telefono|n20
        telefoon|n20
        telemovel|n20
        telephone|n20
        teudat zehut|n89
        text me|n20
        the|n2
        through|n2
        thru|n2
        ticket|n0
        till|n2
        timestamp|n0
        token|n6
        tot|n2
        tracking|n0
        trade register number|n82,124
        ts|n0
        tu dni|n64
        turk|c138,139,140
        turkey|c138,139,140
        turkish|c138,139,140
        turkish id|n138
        turkish identity number|n138
        turkish plate|n140
        turkish tax number|n139
        turkiye|c138,139,140
        tva|n31,79|s39,101,103
        tva intracommunautaire|n79
        tva luxembourg|n101
        tva monaco|n103
        tva monegasque|n103
        ucet cislo|n45
        uid|u24,38
        uid nr|n24,38
        uid number|n38
        uid nummer|n24,38
        uk|c143,144,145,146,147,148,149,150,151,152
        uk driving licence|n148
        uk number plate|n150
        uk passport|n147
        uk postcode|n149
        uk vat|n152
        uk vat number|n152
        ukraine|c141,142
        ukrainian|c141,142
        ukrainian company number|n142
        ukrainian taxpayer number|n141
        ukrainska|c141,142
        umsatzsteuer id|n48
        umsatzsteuer identifikationsnummer|n24,48
        umsatzsteueridentifikationsnummer|n24,48
        und|n2
        unionpay|n10
        unique pupil number|n151
        unique taxpayer reference|n146
        united kingdom|c143,144,145,146,147,148,149,150,151,152
        unp|n36
        unp by|n36
        unternehmens identifikationsnummer|n38
        unternehmensidentifikationsnummer|n38
        unternehmensnummer|n31
        until|n2
        upc|n0
        update to|n1
        upgrade to|n1
        upn|u151
        upn number|n151
        us sozialversicherung|n11
        ust id|n24,48
        ust id nr|n48
        ust idnr|n48
        ustid|n48
        ustidnr|n48
        utr|n146
        utr number|n146
        uuid|n0
        v|n1
        v tal|n76
        val|n2
        valid|n2
        valid thru|n13
        valid until|n13
        validade|n2,13
        vat id|n69|s22,24,31,35,39,41,43,48,60,63,70,73,79,84,85,86,88,92,94,100,101,102,103,105,106,107,109,114,117,119,122,125,130,132,135,152
        vat identification number|n69|s22,24,31,35,39,41,43,48,60,63,70,73,79,84,85,86,88,92,94,100,101,102,103,105,106,107,109,114,117,119,122,125,130,132,135,152
        vat no|n69|s22,24,31,35,39,41,43,48,60,63,70,73,79,84,85,86,88,92,94,100,101,102,103,105,106,107,109,114,117,119,122,125,130,132,135,152
        vat number|n69|s22,24,31,35,39,41,43,48,60,63,70,73,79,84,85,86,88,92,94,100,101,102,103,105,106,107,109,114,117,119,122,125,130,132,135,152
        vat nummer|n130
        vat reg|n88
        vat reg no|s22,24,31,35,39,41,43,48,60,63,70,73,79,84,85,86,88,92,94,100,101,102,103,105,106,107,109,114,117,119,122,125,130,132,135,152
        vat registration|n152
        vat registration number|n69|s22,24,31,35,39,41,43,48,60,63,70,73,79,84,85,86,88,92,94,100,101,102,103,105,106,107,109,114,117,119,122,125,130,132,135,152
        vcs|n32
        vehicle reg|n150
        vehicle registration|n150|s56,140,150
        vehicle registration mark|n150
        vehicle registration number|s56,140,150
        vehicles|n150
        veiligheidscode|n12
        vence|n2
        vencimiento|n2,13
        ver|n1
        vereinsregister|n57
        verfall|n2
        verfallsdatum|n13
        vergi kimlik no|n139
        vergi kimlik numarasi|n139
        vergi kimlik numarası|n139
        vergi no|n139
        vergi numarasi|n139
        vergi numarası|n139
        vergi odeyicisinin|n27
        vergi odəyicisinin|n27
        verification digits|n12
        verification value|n12
        vero numero|n75
        veronumero|n75
        versichertennummer|n53
        versicherungsnummer|n25,52
        version|n1
        versions|n1
        vervaldatum|n13
        vinnutal|n76
        virdisaukaskattsnumer|n92
        virðisaukaskattsnumer|n92
        visa|n10
        vkn|n139
        voen|n27
        vorgang|n0
        vrm|n150
        vsk nr|n92
        vsk number|n92
        vsk numer|n92
        vsknr|n92
        vsnr|n25
        vtal|n76
        vto|n2
        wachtwoord|n7
        wales|c143,144,145,146,147,148,149,150,151,152
        wallet|n15
        welsh|c143,144,145,146,147,148,149,150,151,152
        whatsapp|n20
        with|n2
        work phone|n20
        y|n2
        y tunnus|n72
        year|n2
        yhdistyksen rekisterinumero|n74
        yhdistysrekisteri|n74
        yhdistysrekisterinumero|n74
        your social|n11
        yritys ja yhteisotunnus|n72
        yritystunnus|n72
        ytunnus|n72
        yy|n2
        zending|n0
        zip|n0
        zip code|s58,149
        α μ κ α|n83
        α φ μ|n84
        αμκα|n83
        αριθμος μητρωου κοινωνικης ασφαλισης|n83
        αριθμος φορολογικου μητρωου|n84
        αριθμος φπα|n41
        αφμ|n84
        ελλαδα|c83,84
        ελληνικη|c83,84
        ελληνικο|c83,84
        ελληνικος|c83,84
        κυπριακο|c41
        κυπρος|c41
        φπα|n41
        беларуси|c36
        беларускі|c36
        беларусь|c36
        белорусскии|c36
        булстат|n35
        българия|c33,34,35
        българска|c33,34,35
        български|c33,34,35
        даночен број|n106
        ддс|n35
        ддс номер|n35
        егн|n33
        едб|n106
        единен граждански номер|n33
        единствен даночен број|n106
        едрпоу|n142
        еик|n35
        идентификационныи номер налогоплательщика|n126
        ин по ддс|n35
        инн|n126
        инн номер|n126
        ипн|n141
        карта|n10
        карты|n10
        код едрпоу|n142
        код єдрпоу|n142
        личен номер на чужденец|n34
        лнч|n34
        македонија|c106
        македонски|c106
        огрн|n127
        огрнип|n127
        основнои государственныи регистрационныи номер|n127
        пиб|n125
        порески идентификациони број|n125
        реєстраціинии номер обліковоі картки|n141
        рнокпп|n141
        россии|c126,127
        россииская|c126,127
        россиискии|c126,127
        россия|c126,127
        рф|c126,127
        србија|c125
        србије|c125
        српски|c125
        украина|c141,142
        украинскии|c141,142
        украіна|c141,142
        украінськии|c141,142
        украінськоі|c141,142
        унн|n36
        унп|n36
        учетныи номер плательщика|n36
        єдрпоу|n142
        індивідуальнии податковии номер|n141
        інн|n141
        іпн|n141
        ח פ|n90
        חפ|n90
        ישראל|c89,90
        ישראלי|c89,90
        ישראלית|c89,90
        מספר זהות|n89
        מספר חברה|n90
        ת ז|n89
        תעודת זהות|n89
        クレシット|n10
        セキュリティコート|n12
        卡号|n10
        安全码|n12
        """;
}
