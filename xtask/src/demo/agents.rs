//! What agents send: GLPI agent JSON, one file a machine, and one OCS Inventory XML.

use super::company::{Company, DOMAIN, Pc, Tool};
use super::random::Random;
use super::titles::{self, Title};
use super::{Files, text};

/// A machine as an agent sees it.
struct Seen<'a> {
    name: &'a str,
    tag: &'a str,
    uuid: &'a str,
    serial: String,
    maker: &'a str,
    model: &'a str,
    chassis: &'a str,
    virtual_by: &'a str,
    domain: &'a str,
    os: String,
    build: &'a str,
    windows: bool,
    cpu: &'a str,
    sockets: u32,
    cores: u32,
    threads: u32,
    login: Option<&'a str>,
    from: &'a str,
}

/// A JSON string with its quotes.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn software(row: &Title, from: &str, random: &mut Random) -> String {
    let mut parts = vec![format!("\"name\":{}", quoted(&row.name)), format!("\"publisher\":{}", quoted(row.publisher))];
    if !row.version.is_empty() {
        parts.push(format!("\"version\":{}", quoted(&row.version)));
    }
    match random.below(10) {
        0 => parts.push("\"install_date\":\"1970-01-01\"".to_owned()),
        1..=5 => parts.push(format!(
            "\"install_date\":\"20{}-{:02}-{:02}\"",
            18 + random.below(8),
            1 + random.below(12),
            1 + random.below(28)
        )),
        _ => {}
    }
    if let Some(key) = &row.key {
        parts.push(format!("\"guid\":{}", quoted(key)));
    }
    parts.push(format!("\"arch\":\"{}\"", if random.chance(60) { "x86_64" } else { "i586" }));
    parts.push(format!("\"from\":{}", quoted(from)));
    format!("{{{}}}", parts.join(","))
}

/// A full GLPI agent inventory, one title a line.
fn glpi(seen: &Seen<'_>, rows: &[Title], random: &mut Random) -> String {
    let softwares: Vec<String> = rows.iter().map(|row| software(row, seen.from, random)).collect();
    let cpu = format!(
        "{{\"name\":{},\"core\":{},\"thread\":{},\"corecount\":{},\"manufacturer\":\"Intel\",\"arch\":\"x86_64\"}}",
        quoted(seen.cpu),
        seen.cores,
        seen.threads,
        seen.cores
    );
    let cpus = vec![cpu; seen.sockets as usize].join(",");
    let users = seen.login.map_or(String::new(), |login| {
        format!("  \"users\":[{{\"login\":{},\"domain\":\"VAUBAN\"}}],\n", quoted(login))
    });
    let last = seen.login.map_or(String::new(), |login| format!(",\"lastloggeduser\":{}", quoted(login)));
    format!(
        "{{\n \"action\":\"inventory\",\n \"deviceid\":\"{name}-20{year}-{month:02}-{day:02}-08-{minute:02}-12\",\n \
         \"itemtype\":\"Computer\",\n \"partial\":false,\n \"tag\":{tag},\n \"content\":{{\n  \
         \"versionclient\":\"GLPI-Agent_v1.11\",\n  \
         \"accesslog\":{{\"logdate\":\"2026-11-{seen_day:02} 09:{minute:02}:00\"}},\n  \
         \"hardware\":{{\"name\":{qname},\"uuid\":{uuid},\"vmsystem\":{vm},\"chassis_type\":{chassis},\"memory\":{memory},\
         \"workgroup\":{domain}{last}}},\n  \
         \"bios\":{{\"ssn\":{serial},\"smanufacturer\":{maker},\"smodel\":{model}}},\n  \
         \"cpus\":[{cpus}],\n  \
         \"operatingsystem\":{{\"full_name\":{os},\"version\":{build},\"name\":{os_name},\"arch\":\"64-bit\",\
         \"kernel_name\":{kernel}}},\n{users}  \"softwares\":[\n   {softwares}\n  ]\n }}\n}}\n",
        name = seen.name,
        year = 20 + random.below(6),
        month = 1 + random.below(12),
        day = 1 + random.below(28),
        minute = random.below(60),
        seen_day = random.recent_day(),
        tag = quoted(seen.tag),
        qname = quoted(seen.name),
        uuid = quoted(seen.uuid),
        vm = quoted(seen.virtual_by),
        chassis = quoted(seen.chassis),
        memory = 8192 << random.below(2),
        domain = quoted(seen.domain),
        serial = quoted(&seen.serial),
        maker = quoted(seen.maker),
        model = quoted(seen.model),
        os = quoted(&seen.os),
        build = quoted(seen.build),
        os_name = quoted(if seen.windows { "Windows" } else { "GNU/Linux" }),
        kernel = quoted(if seen.windows { "MSWin32" } else { "linux" }),
        softwares = softwares.join(",\n   "),
    )
}

/// Maker of a PC model.
fn maker(model: &str) -> &'static str {
    match model.as_bytes() {
        [b'T', ..] => "LENOVO",
        [b'H', ..] => "HP",
        _ => "Dell Inc.",
    }
}

/// Windows as the agent words it on that site: Porto runs it in Portuguese.
fn windows_of(pc: &Pc) -> (String, &'static str) {
    let name = if pc.site == "OPO" { pc.windows.replace("Professionnel", "Pro") } else { pc.windows.to_owned() };
    let build = match pc.windows {
        w if w.contains(" 7 ") => "6.1.7601",
        w if w.contains(" 11 ") => "10.0.22631",
        _ => "10.0.19045",
    };
    (format!("Microsoft {name}"), build)
}

/// Build of a server's Windows.
pub(crate) fn server_build(os: &str) -> &'static str {
    for (year, build) in [
        ("2008 R2", "6.1.7601"),
        ("2012 R2", "6.3.9600"),
        ("2016", "10.0.14393"),
        ("2019", "10.0.17763"),
        ("2022", "10.0.20348"),
        ("Ubuntu", "22.04"),
        ("11 ", "11"),
    ] {
        if os.contains(year) {
            return build;
        }
    }
    "12"
}

fn pcs(company: &Company, random: &mut Random, files: &mut Files) {
    for pc in &company.pcs {
        let rows = titles::of_pc(pc, random);
        let (os, build) = windows_of(pc);
        let seen = Seen {
            name: &pc.name,
            tag: pc.site,
            uuid: &pc.uuid,
            serial: pc.serial.clone(),
            maker: maker(pc.model),
            model: pc.model,
            chassis: if pc.laptop { "Notebook" } else { "Desktop" },
            virtual_by: "Physical",
            domain: if pc.in_domain { DOMAIN } else { "ATELIER" },
            os,
            build,
            windows: true,
            cpu: "Intel(R) Core(TM) i5-10400T CPU @ 2.00GHz",
            sockets: 1,
            cores: 6,
            threads: 12,
            login: pc.user.map(|user| company.people[user].login.as_str()),
            from: "registry",
        };
        match pc.tool {
            Tool::Glpi => text(files, format!("glpi/{}/{}.json", pc.site, pc.name), glpi(&seen, &rows, random)),
            Tool::Ocs => text(files, format!("ocs/{}.xml", pc.name), ocs(&seen, &rows)),
            Tool::PowerShell | Tool::DirectoryOnly => {}
        }
    }
    // What the agent sends when only the memory has changed: the sections that are missing are unchanged.
    if let Some(pc) = company.pcs.iter().find(|pc| pc.name == "MTL-PC-007") {
        let message = format!(
            "{{\n \"action\":\"inventory\",\n \"deviceid\":\"{0}-2023-03-14-08-20-12\",\n \"itemtype\":\"Computer\",\n \
             \"partial\":true,\n \"tag\":\"MTL\",\n \"content\":{{\n  \"versionclient\":\"GLPI-Agent_v1.11\",\n  \
             \"hardware\":{{\"name\":\"{0}\",\"uuid\":\"{1}\",\"memory\":32768}}\n }}\n}}\n",
            pc.name, pc.uuid
        );
        text(files, format!("glpi/MTL/{}-partiel.json", pc.name), message);
    }
}

fn servers(company: &Company, random: &mut Random, files: &mut Files) {
    for server in &company.servers {
        let windows = server.os.contains("Windows");
        let rows = if windows { titles::of_server(server.name, server.sql, random) } else { titles::of_linux(random) };
        let seen = Seen {
            name: server.name,
            tag: &server.name[..3],
            uuid: &server.uuid,
            serial: server.serial.clone(),
            maker: "Dell Inc.",
            model: "PowerEdge R640",
            chassis: "Rack Mount Chassis",
            virtual_by: "Physical",
            domain: DOMAIN,
            os: server.os.to_owned(),
            build: server_build(server.os),
            windows,
            cpu: "Intel(R) Xeon(R) Silver 4114 CPU @ 2.20GHz",
            sockets: server.processors,
            cores: server.cores,
            threads: server.cores * 2,
            login: None,
            from: if windows { "registry" } else { "deb" },
        };
        text(files, format!("glpi/serveurs/{}.json", server.name), glpi(&seen, &rows, random));
    }
    for vm in company.vms.iter().filter(|vm| !vm.template) {
        let windows = vm.os.contains("Windows");
        let rows = if windows { titles::of_server(vm.name, vm.sql, random) } else { titles::of_linux(random) };
        let seen = Seen {
            name: vm.name,
            tag: &vm.name[..3],
            uuid: &vm.uuid,
            serial: vmware_serial(&vm.uuid),
            maker: "VMware, Inc.",
            model: "VMware7,1",
            chassis: "Other",
            virtual_by: "VMware",
            domain: DOMAIN,
            os: vm.os.to_owned(),
            build: server_build(vm.os),
            windows,
            cpu: "Intel(R) Xeon(R) Gold 6226 CPU @ 2.70GHz",
            sockets: 1,
            cores: vm.vcpus,
            threads: vm.vcpus,
            login: None,
            from: if windows { "registry" } else { "deb" },
        };
        text(files, format!("glpi/vm/{}.json", vm.name), glpi(&seen, &rows, random));
    }
}

/// The serial number that VMware makes of a guest's UUID.
fn vmware_serial(uuid: &str) -> String {
    let hex: Vec<char> = uuid.to_lowercase().chars().filter(char::is_ascii_hexdigit).collect();
    let bytes: Vec<String> = hex.chunks(2).map(|pair| pair.iter().collect()).collect();
    let (left, right) = bytes.split_at(bytes.len() / 2);
    format!("VMware-{}-{}", left.join(" "), right.join(" "))
}

/// Text for XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// One machine in the words of the OCS Inventory agent for Windows.
fn ocs(seen: &Seen<'_>, rows: &[Title]) -> String {
    let mut softwares = String::new();
    for row in rows {
        softwares.push_str(&format!(
            "    <SOFTWARES>\n      <NAME>{}</NAME>\n      <PUBLISHER>{}</PUBLISHER>\n      <VERSION>{}</VERSION>\n      \
             <INSTALLDATE>{}</INSTALLDATE>\n      <GUID>{}</GUID>\n    </SOFTWARES>\n",
            escaped(&row.name),
            escaped(row.publisher),
            escaped(&row.version),
            if row.version.is_empty() { "N/A" } else { "14/03/2023" },
            escaped(row.key.as_deref().unwrap_or_default()),
        ));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<REQUEST>\n  <CONTENT>\n    <ACCOUNTINFO>\n      \
         <KEYNAME>TAG</KEYNAME>\n      <KEYVALUE>{tag}</KEYVALUE>\n    </ACCOUNTINFO>\n    <BIOS>\n      \
         <SMANUFACTURER>{maker}</SMANUFACTURER>\n      <SMODEL>{model}</SMODEL>\n      <SSN>{serial}</SSN>\n      \
         <TYPE>{chassis}</TYPE>\n    </BIOS>\n    <CPUS>\n      <CORES>{cores}</CORES>\n      \
         <LOGICAL_CPUS>{threads}</LOGICAL_CPUS>\n      <NBSOCKET>1</NBSOCKET>\n      <TYPE>{cpu}</TYPE>\n    </CPUS>\n    \
         <HARDWARE>\n      <NAME>{name}</NAME>\n      <UUID>{uuid}</UUID>\n      <OSNAME>{os}</OSNAME>\n      \
         <OSVERSION>{build}</OSVERSION>\n      <PROCESSORN>1</PROCESSORN>\n      <USERID>{login}</USERID>\n      \
         <LASTLOGGEDUSER>{login}</LASTLOGGEDUSER>\n      <LASTDATE>2026-11-17 09:42:10</LASTDATE>\n      \
         <WORKGROUP>{domain}</WORKGROUP>\n      <VMSYSTEM>Physical</VMSYSTEM>\n    </HARDWARE>\n{softwares}  \
         </CONTENT>\n  <DEVICEID>{name}-2023-03-14-10-02-51</DEVICEID>\n  <QUERY>INVENTORY</QUERY>\n</REQUEST>\n",
        tag = seen.tag,
        maker = seen.maker,
        model = seen.model,
        serial = seen.serial,
        chassis = seen.chassis,
        cores = seen.cores,
        threads = seen.threads,
        cpu = escaped(seen.cpu),
        name = seen.name,
        uuid = seen.uuid,
        os = escaped(&seen.os),
        build = seen.build,
        login = seen.login.unwrap_or_default(),
        domain = seen.domain,
    )
}

/// Adds every agent's file.
pub(crate) fn write(company: &Company, files: &mut Files) {
    let mut random = Random::new(0x474C_5049);
    pcs(company, &mut random, files);
    servers(company, &mut random, files);
}
