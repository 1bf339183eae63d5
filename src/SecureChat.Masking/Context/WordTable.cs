// Written by eng/MaskingRules from Rules/*.json. Change those, then: dotnet run --project eng/MaskingRules
namespace SecureChat.Masking;

internal static class WordTable
{
    // Phrase, then for each role the kinds: n names them, u names them in capitals, s is shared by many, c is their country.
    public const string Data =
        """
        ablauf|n1
        ablaufdatum|n1,12
        access key|n5
        access token|n5
        account|n0
        american express|n9
        amex|n9
        and|n1
        anrufen|n19
        api key|n5
        api token|n5
        apikey|n5
        appelez|n19
        appelle|n19
        atm pin|n13
        auftrag|n0
        auth token|n5
        avec|n1
        awb|n0
        back of card|n11
        back of my card|n11
        back of the card|n11
        bankkarte|n9
        barcode|n0
        bearer|n5
        bellen|n19
        bestelling|n0
        bestellnummer|n0
        bestellung|n0
        beveiligingscode|n11
        bic|n17
        bic code|n17
        birth date|n18
        birthdate|n18
        birthday|n18
        bis|n1
        bitcoin|n14
        born|n18
        btc|n14
        caduca|n1
        caducidad|n1,12
        call|n19
        call me|n19
        call us|n19
        card|n9
        card code|n11
        card pin|n13
        card verification|n11
        cardnumber|n9
        cards|n9
        carta|n9
        cartao|n9
        carte|n9
        case|n0
        cav|n11
        cb|n9
        cc|n9
        ccnum|n9
        cell|n19
        cellphone|n19
        cellulare|n19
        celular|n19
        cid|n11
        clave|n6
        clave de seguridad|n11
        client secret|n5
        cod de seguranca|n11
        cod de seguridad|n11
        code|n1
        code cvv|n11
        code de securite|n11
        code on the back|n11
        code pin|n13
        code secu|n11
        codice di sicurezza|n11
        codice sicurezza|n11
        codigo de seguranca|n11
        codigo de seguridad|n11
        codigo seguridad|n11
        codigo verificador do cartao|n11
        colis|n0
        commande|n0
        con|n1
        contrasena|n6
        credit|n9
        creditcard|n9
        crypto|n11,14
        cryptogramme|n11
        csc|n11
        cvc|n11
        cvccode|n11
        cvccvv|n11
        cvd|n11
        cvn|n11
        cvv|n11
        cvvcode|n11
        cvvs|n11
        dankort|n9
        data de nascimento|n18
        data di nascita|n18
        date|n1
        date d expiration|n12
        date de naissance|n18
        date of birth|n18
        de|n1
        debit|n9
        debitcard|n9
        dial|n19
        digits on the back|n11
        diners|n9
        discover|n9
        dob|n18
        e|n1
        ean|n0
        email|n7
        encomenda|n0
        envio|n0
        epoch|n0
        et|n1
        eth|n14
        ethereum|n14
        exp|n1
        exp date|n12
        expiration|n1,12
        expire|n1
        expire le|n12
        expires|n1,12
        expiry|n1,12
        expiry date|n12
        factura|n0
        facture|n0
        fatura|n0
        fax|n19
        fecha|n1
        fecha de nacimiento|n18
        fecha de vencimiento|n12
        fin|n1
        geboortedatum|n18
        geboren|n18
        geburtsdatum|n18
        geburtstag|n18
        geheimzahl|n13
        geldig|n1
        girokarte|n9
        good|n1
        good thru|n12
        gtin|n0
        gueltig|n1
        gultig|n1
        gultig bis|n12
        handy|n19
        handynummer|n19
        iban|n8
        id|n0
        imei|n0
        invoice|n0
        ip|n15
        ip address|n15
        ipv|n15
        is|n1
        isbn|n0
        its|n1
        jcb|n9
        joindre|n19
        kaart|n9
        karta|n9
        karte|n9
        karten|n9
        kartennr|n9
        kartennummer|n9
        kartenpruefnummer|n11
        kartenprufnummer|n11
        kartenprufziffer|n11
        karty|n9
        kennwort|n6
        kort|n9
        kreditkarte|n9
        kreditkartennummer|n9
        kreditkort|n9
        ligar|n19
        ligue|n19
        llamame|n19
        llamar|n19
        llame|n19
        mac|n16
        mac address|n16
        maestro|n9
        mail|n7
        master|n9
        mastercard|n9
        mdp|n6
        meter|n0
        mit|n1
        mm|n1
        mobiel|n19
        mobil|n19
        mobile|n19
        mobilnummer|n19
        month|n1
        mot de passe|n6
        movil|n19
        my social|n10
        nacida|n18
        nacido|n18
        nacimiento|n18
        nascida|n18
        nascido|n18
        nascimento|n18
        nata|n18
        nato|n18
        ne le|n18
        nee le|n18
        nip|n13
        number on the back|n11
        numbers on the back|n11
        numero de securite|n11
        numero de seguridad|n11
        order|n0
        orderid|n0
        orders|n0
        ordine|n0
        package|n0
        pan|n9
        parcel|n0
        passphrase|n6
        passwd|n6
        password|n6
        passwords|n6
        passwort|n6
        pedido|n0
        phone|n19
        phones|n19
        pin|n13
        pin code|n13
        pin number|n13
        pincode|n13
        portable|n19
        protocolo|n0
        pruefnummer|n11
        pruefziffer|n11
        prufnummer|n11
        prufzahl|n11
        prufziffer|n11
        pwd|n6
        reach me|n19
        rechnung|n0
        ref|n0
        reference|n0
        ring me|n19
        ruckruf|n19
        ruf|n19
        rufen|n19
        rufnummer|n19
        rupay|n9
        s s n|n10
        scad|n1
        scadenza|n1,12
        sec|n1
        secret key|n5
        securite sociale americaine|n10
        security|n1
        security code|n11
        security digits|n11
        security number|n11
        securitycode|n11
        seguro social|n10
        sendung|n0
        sendungsnummer|n0
        senha|n6
        serial|n0
        shipment|n0
        sicherheitscode|n11
        sicherheitsnummer|n11
        sms|n19
        soc sec|n10
        social|n10
        social is|n10
        social number|n10
        social sec|n10
        social security|n10
        socialsecurity|n10
        sozialversicherungsnummer der usa|n10
        spedizione|n0
        ss|n10
        ssn|n10
        ssns|n10
        ssnumber|n10
        swift|n17
        swift bic|n17
        swift code|n17
        tarjeta|n9
        tel|n19
        telefon|n19
        telefone|n19
        telefonnummer|n19
        telefono|n19
        telefoon|n19
        telemovel|n19
        telephone|n19
        text me|n19
        the|n1
        through|n1
        thru|n1
        ticket|n0
        till|n1
        timestamp|n0
        token|n5
        tot|n1
        tracking|n0
        ts|n0
        und|n1
        unionpay|n9
        until|n1
        upc|n0
        us sozialversicherung|n10
        uuid|n0
        val|n1
        valid|n1
        valid thru|n12
        valid until|n12
        validade|n1,12
        veiligheidscode|n11
        vence|n1
        vencimiento|n1,12
        verfall|n1
        verfallsdatum|n12
        verification digits|n11
        verification value|n11
        vervaldatum|n12
        visa|n9
        vorgang|n0
        vto|n1
        wachtwoord|n6
        wallet|n14
        whatsapp|n19
        with|n1
        y|n1
        year|n1
        your social|n10
        yy|n1
        zending|n0
        карта|n9
        карты|n9
        クレシット|n9
        セキュリティコート|n11
        卡号|n9
        安全码|n11
        """;
}
