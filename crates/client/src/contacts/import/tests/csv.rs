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
    assert!(said(&preview.errors[2]).contains("4 fields"));
    assert!(said(&preview.errors[3]).contains("“12” is left out. This phone number is too short."));
    assert!(said(&preview.errors[4]).contains("never closed"));
}

#[test]
fn what_is_left_out_of_a_row_is_said() {
    let many: Vec<String> = (0..12).map(|line| format!("619555{line:04}")).collect();
    let preview = read(&format!(
        "Name,Phone,E-mail\nMaya,555-0142,maya\nNils,619-555-0112 x12,\nRosa,\"{}\",rosa@example.com\n",
        many.join("\n")
    ));
    assert_eq!(summaries(&preview)[..2], ["Maya||||", "Nils||||Other +16195550112"]);
    let [maya, nils, rosa] = preview.rows.as_slice() else { panic!("{preview:?}") };
    assert_eq!(
        maya.warnings,
        [
            "“555-0142” is left out. This phone number is too short.",
            "“maya” is left out. An e-mail address looks like name@example.com.",
        ]
    );
    assert_eq!(nils.warnings, ["The extension 12 of 619-555-0112 is left out."]);
    assert_eq!((rosa.draft.numbers.len(), rosa.warnings.len(), rosa.line), (10, 2, 4));
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
