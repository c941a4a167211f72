//! What is typed and what is answered, word for word.

use super::{Place, SOFTWARE, told, workspace};

fn short(text: &str, place: &Place) -> String {
    text.replace(&place.folder.path().display().to_string(), "[PLACE]")
}

#[test]
fn a_file_is_added_listed_and_taken_back_in_english() {
    let place = Place::new();
    place.write("software.csv", SOFTWARE);
    let (code, out, err) = place.run(&["add", "software.csv"]);
    assert_eq!(
        out,
        "software.csv: taken as a list of installed software; 3 rows, 2 facts, 1 reject\n    \
         software.csv, row 2: the row has too few columns (only 2 of 4 columns)\n\
         1 file taken, 0 in the case already, 0 not taken; 2 facts, 1 reject\n"
    );
    assert_eq!((code, err.as_str()), (0, ""));
    let (code, out, _) = place.run(&["add", "software.csv"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("software.csv: in the case already as software.csv; nothing changed\n"), "{out}");
    let (code, out, _) = place.run(&["rejects"]);
    assert_eq!(code, 0);
    assert!(out.contains("software.csv, row 2: the row has too few columns (only 2 of 4 columns)\n"), "{out}");
    let (code, out, _) = place.run(&["add", "--undo", "software.csv"]);
    assert_eq!(code, 0);
    assert!(out.contains("is no longer in the case; its facts went with it"), "{out}");
    assert_eq!(place.run(&["files"]).1, "The case holds no evidence yet. Add some with: quittance add FILE...\n");
}

#[test]
fn the_same_in_french() {
    let place = Place::new();
    place.write("logiciels.csv", SOFTWARE);
    let (code, out, _) = place.run(&["add", "logiciels.csv", "--lang", "fr"]);
    assert_eq!(
        out,
        "logiciels.csv : reconnu comme une liste de logiciels installés ; 3 lignes, 2 faits, 1 rejet\n    \
         logiciels.csv, ligne 2 : la ligne a trop peu de colonnes (only 2 of 4 columns)\n\
         1 fichier pris, 0 déjà au dossier, 0 non pris ; 2 faits, 1 rejet\n"
    );
    assert_eq!(code, 0);
    let (code, out, _) = place.run(&["--lang=fr", "rejects"]);
    assert_eq!(code, 0);
    assert!(out.contains("1 ligne n’a pas été comprise."), "{out}");
    let output = place.command().env("LANG", "fr_FR.UTF-8").arg("facts").output().unwrap();
    assert!(told(output).1.contains("titres trouvés sur des machines"));
}

#[test]
fn what_cannot_be_done_is_told_with_code_2_and_what_to_do() {
    let place = Place::new();
    for (arguments, english, french) in [
        (
            vec!["new", "case"],
            "quittance: case is there already and is not empty. Choose another name for the case.\n",
            "quittance: case existe déjà et n’est pas vide. Choisissez un autre nom pour le dossier.\n",
        ),
        (
            vec!["files", "--case", "nowhere"],
            "quittance: nowhere is not a case. Make one with: quittance new nowhere\n",
            "quittance: nowhere n’est pas un dossier d’affaire. Pour en créer un : quittance new nowhere\n",
        ),
        (
            vec!["add", "--undo", "ghost.csv"],
            "quittance: ghost.csv is not in the case. To see what is: quittance files\n",
            "quittance: ghost.csv n’est pas dans le dossier. Pour voir ce qui s’y trouve : quittance files\n",
        ),
        (
            vec!["conquer"],
            "quittance: There is no command conquer. To see all: quittance help\n",
            "quittance: La commande conquer n’existe pas. Pour voir toutes les commandes : quittance help\n",
        ),
        (
            vec!["files", "--format", "xml"],
            "quittance: --format <FORMAT>: “xml” is none of table, json.\n",
            "quittance: --format <FORMAT> : « xml » n’est pas l’une de ces valeurs : table, json.\n",
        ),
    ] {
        let (code, out, err) = place.run(&arguments);
        assert_eq!((code, out.as_str(), short(&err, &place).as_str()), (2, "", english), "{arguments:?}");
        let mut in_french = arguments.clone();
        in_french.extend(["--lang", "fr"]);
        let (code, _, err) = place.run(&in_french);
        assert_eq!((code, short(&err, &place).as_str()), (2, french), "{arguments:?}");
    }
}

#[test]
fn without_a_case_the_program_says_how_to_name_one() {
    let place = Place::new();
    let output = place.command().env_remove("QUITTANCE_CASE").arg("files").output().unwrap();
    let (code, _, err) = told(output);
    assert_eq!(code, 2);
    assert!(err.contains("--case DIR or QUITTANCE_CASE"), "{err}");
    let inside = place.command().env_remove("QUITTANCE_CASE").current_dir(place.path("case")).arg("files").output();
    assert_eq!(told(inside.unwrap()).0, 0);
}

#[test]
fn worked_examples_pass_or_fail_by_name() {
    let place = Place::new();
    let casebook = workspace("casebook");
    let (code, out, err) = place.run(&["check", casebook.to_str().unwrap()]);
    let last = out.lines().last().unwrap_or_default();
    assert!(last.ends_with(" failed") && last.contains(" passed, "), "{out}{err}");
    assert_eq!(code, i32::from(!last.ends_with(" 0 failed")));
    place.write(
        "wrong/one.toml",
        "schema = 1\nid = \"one\"\ntitle = \"t\"\nfamily = \"windows_server\"\nas_of = 2026-01-31\n\
         [[server]]\nid = \"s\"\nprocessors = 2\ncores_per_processor = 8\n\
         [[install]]\non = \"s\"\nproduct = \"Windows Server\"\nedition = \"Standard\"\nversion = \"2019\"\n\
         [expect]\nrule = \"x\"\n[[expect.line]]\nproduct = \"Windows Server\"\nedition = \"Standard\"\nversion = \"2019\"\n\
         metric = \"core\"\nrequired = 17\ncovered = 0\nshortfall = 17\nsurplus = 0\n",
    );
    let (code, out, _) = place.run(&["check", "wrong"]);
    assert_eq!(code, 1);
    assert_eq!(
        out,
        "FAIL  one: Windows Server/Standard/2019/core required: expected 17, found 16; \
         Windows Server/Standard/2019/core shortfall: expected 17, found 16\n0 passed, 1 failed\n"
    );
    let json = place.json(&["check", "wrong", "--format", "json"]);
    assert_eq!(json["failed"], 1);
    assert_eq!(json["cases"][0]["differences"][0]["expected"], "17");
}

#[test]
fn titles_come_out_with_what_they_are() {
    let place = Place::new();
    place.write("titles.csv", "publisher,name,version\nMicrosoft Corporation,Microsoft Office Standard 2016,16.0.4266.1001\n,\"Tool, other\",1\n");
    let (code, out, err) = place.run(&["titles", "titles.csv", "--format", "csv"]);
    assert_eq!(code, 0, "{err}");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "publisher,name,version,family,edition,product_version,licensable");
    assert_eq!(
        lines[1],
        "Microsoft Corporation,Microsoft Office Standard 2016,16.0.4266.1001,Office,Standard,2016,yes"
    );
    assert!(lines[2].starts_with(",\"Tool, other\",1,"), "{out}");
    place.write("none.csv", "a,b\n1,2\n");
    let (code, _, err) = place.run(&["titles", "none.csv"]);
    assert_eq!(code, 2);
    assert!(err.contains("none.csv") && err.contains("name"), "{err}");
}

#[test]
fn help_is_a_page_in_the_readers_language() {
    let place = Place::new();
    assert!(place.run(&["add", "--help"]).1.starts_with("# quittance add FILE...\n"));
    assert!(place.run(&["help", "add", "--lang", "fr"]).1.starts_with("# quittance add FICHIER...\n"));
    let (code, out, _) = place.run(&[]);
    assert_eq!(code, 0);
    assert!(out.contains("  files"), "{out}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let place = Place::new();
    place.write("software.csv", SOFTWARE);
    place.run(&["add", "software.csv"]);
    let mut child = place
        .command()
        .args(["facts", "--raw", "--format", "json"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
