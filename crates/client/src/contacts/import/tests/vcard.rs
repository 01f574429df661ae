use super::*;

fn cards(text: &str) -> Preview {
    parse(text.as_bytes(), "contacts.vcf", HOME)
}

/// A card with these lines.
fn card(lines: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}\r\nEND:VCARD\r\n")
}

#[test]
fn version_3_with_folds_groups_and_escapes() {
    let preview = cards(
        "BEGIN:VCARD\r\n\
         VERSION:3.0\r\n\
         N:Delgado;Maya;R.;Dr.;\r\n\
         FN:Dr. Maya R. Delgado\r\n\
         ORG:Kittiwake\\, Sons \\; Co;Sales\r\n\
         EMAIL;TYPE=INTERNET;TYPE=WORK:maya@kittiwake\r\n\
         \x20.example\r\n\
         TEL;TYPE=CELL,VOICE;TYPE=pref:(619) 555-0142\r\n\
         item1.TEL:+1 619 555 0143\r\n\
         item1.X-ABLabel:_$!<HomeFAX>!$_\r\n\
         NOTE:a line\\nand more\r\n\
         PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\n\
         \x20AAAA=\r\n\
         END:VCARD\r\n",
    );
    assert_eq!(
        summaries(&preview),
        ["Maya R.|Delgado|Kittiwake, Sons ; Co|maya@kittiwake.example|Mobile +16195550142 Fax +16195550143"]
    );
    assert_eq!((preview.format, preview.errors.len(), preview.rows[0].warnings.len()), (Format::VCard, 0, 0));
}

#[test]
fn what_a_card_says_besides_is_kept_or_named() {
    let preview = cards(
        "BEGIN:VCARD\nVERSION:3.0\nN:Delgado;Maya;;Dr.;Jr.\nFN:Dr. Maya Delgado Jr.\nNICKNAME:May,Captain\n\
         UID:urn:uuid:4fbe8971\nNOTE:Slip 12\\nWinter\nADR;TYPE=HOME:;;1 Dock Road;San Diego;CA;92101;USA\nADR;TYPE=WORK:;;2 Quay;;;;\n\
         item1.TEL:+16195550142\nitem1.X-ABLabel:Boat\nitem2.TEL:+16195550143\nitem2.X-ABLabel:_$!<Work>!$_\n\
         BDAY:1990-01-02\nTITLE:Captain\nTITLE:Again\nREV:20200101T000000Z\nEND:VCARD\n",
    );
    assert_eq!(summaries(&preview), ["Maya|Delgado|||Other/Boat +16195550142 Work +16195550143"]);
    let details = preview.rows[0].draft.details.as_deref().expect("details");
    assert_eq!(
        (details.prefix.as_str(), details.suffix.as_str(), details.nickname.as_str()),
        ("Dr.", "Jr.", "May, Captain")
    );
    assert_eq!(details.address, "1 Dock Road, San Diego, CA, 92101, USA\n2 Quay");
    assert_eq!((details.notes.as_str(), details.uid.as_str()), ("Slip 12\nWinter", "4fbe8971"));
    assert_eq!(preview.unread_properties, ["BDAY", "TITLE"]);
    assert_eq!(preview.unread_columns, []);
}

#[test]
fn version_4_with_uris() {
    let preview = cards(
        "begin:vcard\nversion:4.0\nfn:Theo Brandt\nn:Brandt;Theo;;;\n\
         tel;value=uri;type=\"voice,home\";pref=1:tel:+44-20-7946-0018\n\
         tel;value=uri;type=work:tel:+1-619-555-0142;ext=12\n\
         email:mailto:theo@example.com\nend:vcard\n\
         BEGIN:VCARD\nVERSION:4.0\nKIND:org\nFN:Atlas Boatworks\nTEL;TYPE=work:619-555-0160\nEND:VCARD",
    );
    assert_eq!(
        summaries(&preview),
        [
            "Theo|Brandt||theo@example.com|Home +442079460018 Work/ext. 12 +16195550142",
            "||Atlas Boatworks||Work +16195550160",
        ]
    );
    assert_eq!(preview.rows[0].warnings, [] as [Text; 0]);
    assert_eq!(preview.rows[1].line, 9);
}

#[test]
fn version_2_1_as_phones_write_it() {
    let preview = cards(
        "BEGIN:VCARD\r\nVERSION:2.1\r\n\
         N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Zo=C3=AB;;;\r\n\
         ORG;ENCODING=QUOTED-PRINTABLE:A very long company=20=\r\n\
         name\r\n\
         TEL;CELL:619-555-0142\r\nTEL;WORK;FAX:619-555-0143\r\nEND:VCARD\r\n",
    );
    assert_eq!(summaries(&preview), ["Zoë|Müller|A very long company name||Mobile +16195550142 Fax +16195550143"]);
}

#[test]
fn a_property_may_say_its_own_charset() {
    let card = b"BEGIN:VCARD\r\nVERSION:2.1\r\n\
        N;CHARSET=ISO-8859-1:M\xfcller;Zo\xeb\r\n\
        ORG;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8E=52=93=63\r\n\
        NICKNAME;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=C8=E2=E0=ED\r\n\
        NOTE;CHARSET=no-such;ENCODING=QUOTED-PRINTABLE:Zo=EB\r\n\
        ADR:;;1 Stra\xc3\x9fe\r\nEND:VCARD\r\n";
    for preview in [parse(card, "a.vcf", HOME), parse_in(card, "a.vcf", "UTF-8")] {
        assert_eq!(summaries(&preview), ["Zoë|Müller|山田||"]);
        let details = preview.rows[0].draft.details.as_deref().expect("details");
        assert_eq!(
            (details.nickname.as_str(), details.notes.as_str(), details.address.as_str()),
            ("Иван", "Zoë", "1 Straße")
        );
    }
}

#[test]
fn a_character_may_be_folded_in_two() {
    let bytes = [b"BEGIN:VCARD\r\nFN:Zo\xc3".as_slice(), b"\r\n \xab\r\nEND:VCARD"].concat();
    assert_eq!(summaries(&parse(&bytes, "a", HOME)), ["Zoë||||"]);
}

#[test]
fn names_come_from_where_they_are() {
    for (lines, read) in [
        ("FN:Maya Delgado", "Maya|Delgado|||"),
        ("FN:Delgado\\, Maya", "Maya|Delgado|||"),
        ("FN:Madonna", "Madonna||||"),
        ("N:;;;;\r\nFN:Atlas Boatworks\r\nORG:Atlas Boatworks", "||Atlas Boatworks||"),
        ("FN:Atlas\r\nX-ABShowAs:COMPANY", "||Atlas||"),
        ("N:de la Cruz;Maya,Ana", "Maya Ana|de la Cruz|||"),
        ("EMAIL:maya@example.com", "|||maya@example.com|"),
    ] {
        assert_eq!(summaries(&cards(&card(lines))), [read], "{lines}");
    }
}

#[test]
fn a_broken_card_is_named_and_costs_no_other() {
    let preview = cards(
        "hello: world\n\
         BEGIN:VCARD\nFN:Maya\nthis is no property\nTEL 619-555-0142\nEND:VCARD\n\
         BEGIN:VCARD\nFN:Nils\n\
         BEGIN:VCARD\nFN:Priya\nTEL:555-0142\nEND:VCARD\n\
         BEGIN:VCARD\nNOTE:nobody\nEND:VCARD\n\
         BEGIN:VCARD\nX-ADDRESSBOOKSERVER-KIND:group\nFN:Friends\nEND:VCARD\n\
         BEGIN:VCARD\nFN:Theo",
    );
    assert_eq!(summaries(&preview), ["Maya||||", "Priya||||"]);
    assert_eq!(preview.rows[1].warnings, ["“555-0142” is left out. This phone number is too short."]);
    assert_eq!(error_lines(&preview), [1, 4, 5, 7, 13, 16, 20]);
}

#[test]
fn a_card_is_known_by_its_first_line_too() {
    let preview = parse(card("FN:Maya").as_bytes(), "download", HOME);
    assert_eq!(preview.format, Format::VCard);
    let wide: Vec<u8> = card("FN:Zoë").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(summaries(&parse(&wide, "a.vcf", HOME)), ["Zoë||||"]);
}

proptest! {
    #[test]
    fn a_folded_and_escaped_card_reads_back(company in "[a-zé;,\\\\: ]{0,20}[a-z]", width in 3_usize..40) {
        let escaped: String = company.chars().flat_map(|c| match c {
            ';' | ',' | '\\' => vec!['\\', c],
            c => vec![c],
        }).collect();
        let mut lines = String::new();
        for (at, c) in format!("ORG:{escaped}").chars().enumerate() {
            if at > 0 && at % width == 0 {
                lines.push_str("\r\n ");
            }
            lines.push(c);
        }
        let preview = cards(&card(&lines));
        let wanted = company.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(preview.rows.iter().map(|row| row.draft.company.as_str()).collect::<Vec<_>>(), vec![wanted]);
    }
}

#[test]
fn a_photo_is_read_in_each_version() {
    for photo in [
        "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQ\r\n SkZJRg==\r\n",
        "PHOTO;TYPE=JPEG;ENCODING=BASE64:\r\n /9j/4AAQSkZJ\r\n Rg==\r\n\r\n",
        "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQ\r\nSkZJ\r\nRg==\r\n\r\n",
        "PHOTO;JPEG;BASE64:\r\n/9j/4AAQSkZJ\r\nRg==\r\n\r\nTEL:619-555-0142",
        "PHOTO;ENCODING=B;TYPE=JPEG:/9j/4AAQSkZJ\r\nRg==\r\nTEL:619-555-0142",
        "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\n SkZJRg==",
        "photo;encoding=\"B\";x-abcrop-rectangle=ABClipRect_1:/9j/4AAQSkZJRg==",
        "PHOTO:data:image/jpeg;base64,/9j/4AAQ\r\n SkZJRg==",
        "item1.PHOTO;VALUE=uri:DATA:image/jpeg;base64\\,/9j/4AAQSkZJRg==",
    ] {
        let preview = cards(&card(&format!("FN:Maya\r\n{photo}")));
        assert_eq!(
            (preview.unread_properties.len(), preview.errors.len(), preview.rows.len()),
            (0, 0, 1),
            "{photo}: {preview:?}"
        );
        assert_eq!(preview.rows[0].photo, "/9j/4AAQSkZJRg==", "{photo}");
        assert_eq!(preview.rows[0].draft.photo, Some(photo_of_line(1)));
    }
}

#[test]
fn what_follows_a_photo_is_no_part_of_it() {
    let preview = cards(&card(
        "FN:Maya\r\nPHOTO;ENCODING=BASE64:/9j/\r\n\r\n4AAQ\r\nPHOTO;ENCODING=BASE64:/9j/\r\nno photo\r\nNOTE:a\r\nAAAA",
    ));
    assert_eq!(error_lines(&preview), [6, 8, 10]);
    assert_eq!(preview.rows[0].photo, "/9j/");
}

#[test]
fn a_photo_at_an_address_is_named_and_never_fetched() {
    for photo in [
        "PHOTO:https://example.com/maya.jpg",
        "PHOTO;VALUE=uri:http://example.com/maya.jpg",
        "PHOTO;MEDIATYPE=image/gif:http://example.com/maya.gif",
        "PHOTO:data:image/jpeg,raw",
    ] {
        let preview = cards(&card(&format!("FN:Maya\r\n{photo}")));
        assert_eq!(preview.unread_properties, ["PHOTO"], "{photo}");
        assert_eq!((preview.rows[0].photo.as_str(), preview.rows[0].draft.photo), ("", None));
    }
    let two = cards(&card("FN:Maya\r\nPHOTO;ENCODING=b:/9j/\r\nPHOTO;ENCODING=b:iVBO"));
    assert_eq!((two.rows[0].photo.as_str(), two.unread_properties.len()), ("/9j/", 1), "a contact has one");
}
