//! Pieces of small random estates that several laws build.

use licensing::deployments::{Estate, Server, Vm};

/// Adds host `at`, which only hosts, and its guests as one record if there are any. `size` is processors, cores of each, and
/// virtual cores of a guest. Gives the name of the machine on which something is installed: the guests, else the host.
pub(crate) fn host(estate: &mut Estate, at: usize, size: [u32; 3], guests: u64) -> String {
    let [processors, cores, vcpus] = size;
    let id = format!("h{at}");
    estate.servers.push(Server {
        id: id.clone().into(),
        count: 1,
        processors: Some(processors),
        cores_per_processor: Some(cores),
        physical_ose_role: Some("hosting_only".into()),
        ..Server::default()
    });
    if guests == 0 {
        return id;
    }
    let vm = format!("v{at}");
    estate.vms.push(Vm {
        id: vm.clone().into(),
        host: Some(id.into()),
        vcpus: Some(vcpus),
        count: guests,
        ..Vm::default()
    });
    vm
}
