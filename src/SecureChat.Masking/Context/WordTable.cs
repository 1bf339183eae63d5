// Written by eng/MaskingRules from Rules/*.json. Change those, then: dotnet run --project eng/MaskingRules
namespace SecureChat.Masking;

internal static class WordTable
{
    // Phrase, then for each role the kinds: n names them, u names them in capitals, s is shared by many, c is their country.
    public const string Data =
        """
        ablauf|n2
        ablaufdatum|n2,13
        abschnitt|n1
        access key|n6
        access token|n6
        account|n0
        american express|n10
        amex|n10
        and|n2
        anrufen|n20
        answering at|n20
        api key|n6
        api token|n6
        apikey|n6
        appelez|n20
        appelle|n20
        atm pin|n14
        auftrag|n0
        auth token|n6
        avec|n2
        awb|n0
        back of card|n12
        back of my card|n12
        back of the card|n12
        bank identifier code|n18
        bankkarte|n10
        barcode|n0
        bearer|n6
        bellen|n20
        bestelling|n0
        bestellnummer|n0
        bestellung|n0
        beveiligingscode|n12
        bic|u18
        bic code|n18
        bic swift|n18
        birth date|n19
        birthdate|n19
        birthday|n19
        bis|n2
        bitcoin|n15
        born|n19
        btc|n15
        build|n1
        caduca|n2
        caducidad|n2,13
        call|n20
        call me|n20
        call us|n20
        card|n10
        card code|n12
        card pin|n14
        card verification|n12
        cardnumber|n10
        cards|n10
        carta|n10
        cartao|n10
        carte|n10
        case|n0
        cav|n12
        cb|n10
        cc|n10
        ccnum|n10
        cell|n20
        cellphone|n20
        cellulare|n20
        celular|n20
        chapter|n1
        cid|n12
        clause|n1
        clave|n7
        clave de seguridad|n12
        client secret|n6
        cod de seguranca|n12
        cod de seguridad|n12
        code|n2
        code cvv|n12
        code de securite|n12
        code on the back|n12
        code pin|n14
        code secu|n12
        codice di sicurezza|n12
        codice sicurezza|n12
        codigo de seguranca|n12
        codigo de seguridad|n12
        codigo seguridad|n12
        codigo verificador do cartao|n12
        colis|n0
        commande|n0
        con|n2
        contact number|n20
        contrasena|n7
        credit|n10
        creditcard|n10
        crypto|n12,15
        cryptogramme|n12
        csc|n12
        cvc|n12
        cvccode|n12
        cvccvv|n12
        cvd|n12
        cvn|n12
        cvv|n12
        cvvcode|n12
        cvvs|n12
        dankort|n10
        data de nascimento|n19
        data di nascita|n19
        date|n2
        date d expiration|n13
        date de naissance|n19
        date of birth|n19
        de|n2
        debit|n10
        debitcard|n10
        desk|n20
        dial|n20
        digits on the back|n12
        diners|n10
        discover|n10
        dob|n19
        e|n2
        ean|n0
        email|n8
        encomenda|n0
        envio|n0
        epoch|n0
        et|n2
        eth|n15
        ethereum|n15
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
        fatura|n0
        fax|n20
        fecha|n2
        fecha de nacimiento|n19
        fecha de vencimiento|n13
        fin|n2
        firmware|n1
        flight|n0
        geboortedatum|n19
        geboren|n19
        geburtsdatum|n19
        geburtstag|n19
        geheimzahl|n14
        geldig|n2
        girokarte|n10
        good|n2
        good thru|n13
        gtin|n0
        gueltig|n2
        gultig|n2
        gultig bis|n13
        handy|n20
        handynummer|n20
        home phone|n20
        iban|n9
        id|n0
        imei|n0
        invoice|n0
        ip|n16
        ip address|n16
        ipv|n16
        is|n2
        isbn|n0
        its|n2
        jcb|n10
        joindre|n20
        kaart|n10
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
        kennwort|n7
        kort|n10
        kreditkarte|n10
        kreditkartennummer|n10
        kreditkort|n10
        landline|n20
        ligar|n20
        ligue|n20
        llamame|n20
        llamar|n20
        llame|n20
        lot|n0
        mac|n17
        mac address|n17
        maestro|n10
        mail|n8
        master|n10
        mastercard|n10
        mdp|n7
        messages to|n20
        meter|n0
        mit|n2
        mm|n2
        mobiel|n20
        mobil|n20
        mobile|n20
        mobilnummer|n20
        model|n0
        month|n2
        mot de passe|n7
        movil|n20
        my number is|n20
        my social|n11
        nacida|n19
        nacido|n19
        nacimiento|n19
        nascida|n19
        nascido|n19
        nascimento|n19
        nata|n19
        nato|n19
        ne le|n19
        nee le|n19
        nip|n14
        number on the back|n12
        numbers on the back|n12
        numero de securite|n12
        numero de seguridad|n12
        office|n20
        order|n0
        orderid|n0
        orders|n0
        ordine|n0
        our number is|n20
        package|n0
        pan|n10
        parcel|n0
        part number|n0
        passphrase|n7
        passwd|n7
        password|n7
        passwords|n7
        passwort|n7
        patch|n1
        pedido|n0
        phone|n20
        phones|n20
        pin|n14
        pin code|n14
        pin number|n14
        pincode|n14
        portable|n20
        protocolo|n0
        pruefnummer|n12
        pruefziffer|n12
        prufnummer|n12
        prufzahl|n12
        prufziffer|n12
        pwd|n7
        reach me|n20
        rechnung|n0
        ref|n0
        reference|n0
        release|n1
        rev|n1
        ring me|n20
        room|n0
        ruckruf|n20
        ruf|n20
        rufen|n20
        rufnummer|n20
        rupay|n10
        s s n|n11
        scad|n2
        scadenza|n2,13
        seat|n0
        seats|n0
        sec|n2
        secret key|n6
        section|n1
        securite sociale americaine|n11
        security|n2
        security code|n12
        security digits|n12
        security number|n12
        securitycode|n12
        seguro social|n11
        sendung|n0
        sendungsnummer|n0
        senha|n7
        serial|n0
        shipment|n0
        sicherheitscode|n12
        sicherheitsnummer|n12
        sku|n0
        sms|n20
        soc sec|n11
        social|n11
        social is|n11
        social number|n11
        social sec|n11
        social security|n11
        socialsecurity|n11
        sozialversicherungsnummer der usa|n11
        spedizione|n0
        ss|n11
        ssn|n11
        ssns|n11
        ssnumber|n11
        swift|u18
        swift address|n18
        swift bic|n18
        swift code|n18
        swift number|n18
        tarjeta|n10
        tel|n20
        telefon|n20
        telefone|n20
        telefonnummer|n20
        telefono|n20
        telefoon|n20
        telemovel|n20
        telephone|n20
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
        ts|n0
        und|n2
        unionpay|n10
        until|n2
        upc|n0
        update to|n1
        upgrade to|n1
        us sozialversicherung|n11
        uuid|n0
        v|n1
        val|n2
        valid|n2
        valid thru|n13
        valid until|n13
        validade|n2,13
        veiligheidscode|n12
        vence|n2
        vencimiento|n2,13
        ver|n1
        verfall|n2
        verfallsdatum|n13
        verification digits|n12
        verification value|n12
        version|n1
        versions|n1
        vervaldatum|n13
        visa|n10
        vorgang|n0
        vto|n2
        wachtwoord|n7
        wallet|n15
        whatsapp|n20
        with|n2
        work phone|n20
        y|n2
        year|n2
        your social|n11
        yy|n2
        zending|n0
        zip|n0
        карта|n10
        карты|n10
        クレシット|n10
        セキュリティコート|n12
        卡号|n10
        安全码|n12
        """;
}
