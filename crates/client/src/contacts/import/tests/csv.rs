use super::*;

/// One line of a table with these fields, quoted as RFC 4180 has it.
fn line(fields: &[&str], delimiter: &str) -> String {
    let quoted: Vec<String> = fields.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
    quoted.join(delimiter)
}

#[test]
fn google_in_its_newer_columns() {
    let preview = read(
        "First Name,Middle Name,Last Name,Organization Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\n\
         Maya,R.,Delgado,Kittiwake,* myContacts,* Work,maya@kittiwake.example ::: m@example.com,Mobile,(619) 555-0142 ::: 619-555-0143,Work Fax,+1 619 555 0144\n\
         ,,,Atlas Boatworks,,,,,(619) 555-0160,,\n",
    );
    assert_eq!(preview.format, Format::Google);
    assert_eq!(
        summaries(&preview),
        [
            "Maya R.|Delgado|Kittiwake|maya@kittiwake.example m@example.com|Mobile +16195550142 Mobile +16195550143 Fax +16195550144",
            "||Atlas Boatworks||Other +16195550160",
        ]
    );
    assert_eq!(preview.errors, []);
}

#[test]
fn google_in_its_older_columns() {
    let preview = read(
        "Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Organization 1 - Name\n\
         Maya Delgado,Maya,Delgado,* Home,maya@example.com,Home,6195550142,Kittiwake\n\
         Theo Brandt,,,,,Work,+44 20 7946 0018,\n",
    );
    assert_eq!(preview.format, Format::Google);
    assert_eq!(
        summaries(&preview),
        ["Maya|Delgado|Kittiwake|maya@example.com|Home +16195550142", "Theo|Brandt|||Work +442079460018"]
    );
}

#[test]
fn outlook_with_its_many_columns() {
    let preview = read(
        "\"First Name\",\"Last Name\",\"Company\",\"Business Phone\",\"Business Phone 2\",\"Mobile Phone\",\"Home Phone\",\"Business Fax\",\"E-mail Address\",\"E-mail 2 Address\",\"Notes\"\r\n\
         \"Priya\",\"Iyer\",\"Atlas, \"\"Boats\"\" & Co\",\"619-555-0101\",\"619-555-0102\",\"619-555-0103\",\"619-555-0104\",\"619-555-0105\",\"p@example.com\",\"q@example.com\",\"Two\r\nlines\"\r\n\
         \"Nils\",\"Okafor\",\"\",\"\",\"\",\"619-555-0112\"\r\n",
    );
    assert_eq!(preview.format, Format::Outlook);
    assert_eq!(
        summaries(&preview),
        [
            "Priya|Iyer|Atlas, \"Boats\" & Co|p@example.com q@example.com|Work +16195550101 Work +16195550102 Mobile +16195550103 Home +16195550104 Fax +16195550105",
            "Nils|Okafor|||Mobile +16195550112",
        ]
    );
    // The note of the first one takes two lines.
    assert_eq!(preview.rows[1].line, 4);
    assert_eq!(preview.rows[1].warnings, ["The line is shorter than the first one."]);
}

#[test]
fn tables_of_ones_own() {
    for text in [
        "Name;Company;Phone\nDelgado, Maya;Kittiwake;619 555 0142\n",
        "sep=;\r\nName;Company;Phone\r\n\"Delgado, Maya\";Kittiwake;'6195550142",
        "\nName\tCompany\tPhone\n\nMaya Delgado\tKittiwake\t6195550142\n",
        "name,organisation,telephone\r\"Maya Delgado\" ,Kittiwake, \"6195550142\"\r",
    ] {
        let preview = read(text);
        assert_eq!(preview.format, Format::Csv, "{text}");
        assert_eq!(summaries(&preview), ["Maya|Delgado|Kittiwake||Other +16195550142"], "{text}");
    }
}

#[test]
fn a_broken_line_is_named_and_costs_no_other() {
    let preview = read(
        "Name,Phone,E-mail\n\
         Maya,6195550142,\n\
         \"Nils,6195550112,\n\
         Priya \"P\" Iyer,6195550103,\n\
         \"Theo\" Brandt,6195550104,\n\
         Jonas,6195550105,,extra\n\
         ,,\n\
         ,12,\n\
         Rosa,6195550106,rosa@example.com\n\
         \"Lena,6195550107,\n",
    );
    assert_eq!(error_lines(&preview), [3, 5, 6, 8, 10]);
    assert_eq!(preview.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4, 9]);
    assert!(words(&preview.errors[2]).contains("4 fields"));
    assert!(words(&preview.errors[3]).contains("“12” is left out. This phone number is too short."));
    assert!(words(&preview.errors[4]).contains("never closed"));
}

#[test]
fn what_is_left_out_of_a_row_is_said() {
    let many: Vec<String> = (0..12).map(|line| format!("619555{line:04}")).collect();
    let preview = read(&format!(
        "Name,Phone,E-mail\nMaya,555-0142,maya\nNils,619-555-0112 x12,\nRosa,\"{}\",rosa@example.com\n",
        many.join("\n")
    ));
    assert_eq!(summaries(&preview)[..2], ["Maya||||", "Nils||||Other/ext. 12 +16195550112"]);
    let [maya, nils, rosa] = preview.rows.as_slice() else { panic!("{preview:?}") };
    assert_eq!(
        maya.warnings,
        [
            "“555-0142” is left out. This phone number is too short.",
            "“maya” is left out. An e-mail address looks like name@example.com.",
        ]
    );
    assert_eq!(nils.warnings, [] as [Text; 0]);
    assert_eq!((rosa.draft.numbers.len(), rosa.warnings.len(), rosa.line), (10, 2, 4));
}

fn unread(preview: &Preview) -> Vec<String> {
    preview.unread_columns.iter().map(|unread| [unread.name.as_str(), "=", &unread.sample].concat()).collect()
}

#[test]
fn each_number_and_address_of_a_table_is_kept() {
    for (text, wanted) in [
        ("Name;Handy;Büro\nAda;619 555 0142;619 555 0143\n", "Ada||||Mobile +16195550142 Work +16195550143"),
        ("Name,Telephone,Cellphone\nAda,619 555 0142,619 555 0143\n", "Ada||||Other +16195550142 Mobile +16195550143"),
        ("Email,Teléfono\na@example.com,619 555 0142\n", "|||a@example.com|Other +16195550142"),
        (
            "Nombre,Apellidos,Teléfono móvil,Correo electrónico\nAda,Ruiz,619 555 0142,a@example.com\n",
            "Ada|Ruiz||a@example.com|Mobile +16195550142",
        ),
        ("Nombre;Móvil\nAda Ruiz;619 555 0142\n", "Ada|Ruiz|||Mobile +16195550142"),
        (
            "Prénom;Nom;Société;Tél. bureau;Tél. domicile;Adresse de messagerie\nAda;Roy;Lac;619 555 0142;619 555 0143;a@example.com\n",
            "Ada|Roy|Lac|a@example.com|Work +16195550142 Home +16195550143",
        ),
        (
            "Vorname;Name;Firma;Telefon geschäftlich;Telefon privat;Mobiltelefon;Fax geschäftlich;E-Mail-Adresse\nAda;Roth;See;619 555 0142;619 555 0143;619 555 0144;619 555 0145;a@example.com\n",
            "Ada|Roth|See|a@example.com|Work +16195550142 Home +16195550143 Mobile +16195550144 Fax +16195550145",
        ),
        (
            "First,Last,Phone,Phone 2,E-mail,E-mail 2\nAda,Roy,619 555 0142,619 555 0143,a@example.com,b@example.com\n",
            "Ada|Roy||a@example.com b@example.com|Other +16195550142 Other +16195550143",
        ),
    ] {
        let preview = read(text);
        assert_eq!(summaries(&preview), [wanted], "{text}");
        assert_eq!(unread(&preview), [""; 0], "{text}");
    }
}

#[test]
fn a_column_that_is_not_read_is_named_and_can_be_read_as_something() {
    let text = "Name,Ship,Berth phone no,Unused\nAda,Kittiwake,619 555 0142,\n";
    let preview = read(text);
    assert_eq!(unread(&preview), ["Ship=Kittiwake", "Berth phone no=619 555 0142"]);
    let choice = |wanted| choices().position(|word| word == wanted).expect("a choice");
    let chosen = [(1, choice(words::COMPANY)), (2, choice(words::COLUMN_HOME))];
    let mapped = parse_as(text.as_bytes(), "a.csv", HOME, &chosen);
    assert_eq!(summaries(&mapped), ["Ada||Kittiwake||Home +16195550142"]);
    assert_eq!(mapped.unread_columns, preview.unread_columns, "the columns stay, for another choice");
    // Also where none is known.
    let text = "Who,Where\nAda,619 555 0142\n";
    let preview = read(text);
    assert_eq!((preview.rows.len(), preview.errors.len(), preview.unread_columns.len()), (0, 1, 2));
    let chosen = [(0, choice(words::NAME)), (1, choice(words::COLUMN_MOBILE))];
    assert_eq!(summaries(&parse_as(text.as_bytes(), "a.csv", HOME, &chosen)), ["Ada||||Mobile +16195550142"]);
}

#[test]
fn what_is_shown_of_a_column_is_cut_where_it_is_long() {
    let (fits, long) = ("ä".repeat(60), "ä".repeat(61));
    let preview = read(&format!("Name,Ship,Log\nAda,{fits},\"{long}\nmore\"\n"));
    assert_eq!(unread(&preview), [["Ship=", &fits].concat(), ["Log=", &fits, "…"].concat()]);
}

fn details(row: &ImportRow) -> [String; 5] {
    let details = row.draft.details.as_deref().cloned().unwrap_or_default();
    let ContactDetails { prefix, suffix, nickname, address, notes, .. } = details;
    [prefix, suffix, nickname, address, notes]
}

#[test]
fn notes_addresses_nicknames_and_own_labels_are_kept() {
    let preview = read(
        "First Name,Name Prefix,Nickname,Notes,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,\
         Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 2 - Street,Address 2 - City,Birthday\n\
         Ada,Dr.,Captain,\"Slip 12\nwinter\",Boat,619 555 0142,Work,619 555 0143,\"1 Dock Road\nSan Diego\",1 Dock Road,San Diego,2 Quay,Reno,1990-01-02\n",
    );
    assert_eq!(summaries(&preview), ["Ada||||Other/Boat +16195550142 Work +16195550143"]);
    assert_eq!(
        details(&preview.rows[0]),
        ["Dr.", "", "Captain", "1 Dock Road\nSan Diego\n2 Quay, Reno", "Slip 12\nwinter"]
    );
    assert_eq!(unread(&preview), ["Birthday=1990-01-02"]);
    let preview = read(
        "Title,First Name,Suffix,E-mail Address,Business Street,Business City,Business Country/Region,Home Street,Home City,Notes,\
         Other Street,Other City,Address 70000\n\
         Ms.,Ada,Jr.,a@example.com,1 Dock Road,San Diego,USA,2 Quay,Reno,Winter,3 Pier,Mesa,4 Lane\n",
    );
    let address = "1 Dock Road, San Diego, USA\n2 Quay, Reno\n3 Pier, Mesa\n4 Lane";
    assert_eq!(details(&preview.rows[0]), ["Ms.", "Jr.", "", address, "Winter"]);
}

#[test]
fn when_somebody_agreed_to_texts_is_kept() {
    let preview = read("Name,Text consent\nAda,\"Web form, 3 May 2026\"\n");
    assert_eq!(preview.rows[0].draft.details.as_deref().unwrap().consent, "Web form, 3 May 2026");
}

#[test]
fn notes_that_are_too_long_are_cut_with_a_word() {
    let preview = read(&format!("Name,Notes\nAda,{}\n", "n".repeat(5_003)));
    assert_eq!(details(&preview.rows[0])[4].len(), 5_000);
    assert_eq!(preview.rows[0].warnings, ["“nnn” is left out. Notes have 5000 characters at most."]);
}

#[test]
fn an_encoding_is_said_where_there_is_a_choice() {
    let wide: Vec<u8> = "Name\nZoë\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, encoding) in
        [("Name\nZoë\n".as_bytes(), "UTF-8"), (b"Name\nZo\xeb\n", "Windows-1252"), (&wide, "UTF-16LE")]
    {
        let preview = parse(bytes, "a.csv", HOME);
        assert_eq!((summaries(&preview), preview.encoding), (vec!["Zoë||||".to_owned()], Some(encoding)));
    }
    assert_eq!(parse(b"Name\nZoe\n", "a.csv", HOME).encoding, None);
}

proptest! {
    #[test]
    fn a_written_table_reads_back(
        names in prop::collection::vec("[a-zA-Zé,;\t\"\n']{0,8}[a-z]", 1..20),
        delimiter in prop::sample::select(vec![",", ";", "\t"]),
        end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let mut lines = vec![line(&["Company", "E-mail"], delimiter)];
        lines.extend(names.iter().map(|name| line(&[name, "a@example.com"], delimiter)));
        let preview = read(&lines.join(end));
        let read: Vec<&str> = preview.rows.iter().map(|row| row.draft.company.as_str()).collect();
        let written: Vec<String> = names.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        prop_assert_eq!(read, written);
        prop_assert_eq!(preview.errors, []);
    }

    #[test]
    fn every_line_is_a_row_or_an_error(kinds in prop::collection::vec(0_usize..4, 1..30)) {
        let lines = ["Maya,6195550142", "Ma\"ya,x,y", "\"Ma\"ya,6195550142", ",1"];
        let mut text = "Name,Phone\n".to_owned();
        for &kind in &kinds {
            text.push_str(lines[kind]);
            text.push('\n');
        }
        let preview = read(&text);
        let mut all: Vec<usize> = preview.rows.iter().map(|row| row.line).chain(error_lines(&preview)).collect();
        all.sort_unstable();
        prop_assert_eq!(all, (2..kinds.len() + 2).collect::<Vec<_>>());
        prop_assert_eq!(preview.rows.len(), kinds.iter().filter(|kind| **kind == 0).count());
    }
}
