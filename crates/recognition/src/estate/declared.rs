//! What the user declared, laid over what tools saw: a record of a known id fills what is unknown and overrides what is told;
//! a record of a new id is added.

use licensing::deployments::{Estate, Server, Vm};
use licensing::facts::Origin;

/// Lays `own` over `estate`.
pub(super) fn lay_over(estate: &mut Estate, own: &Estate, origin: &Origin) {
    for server in &own.servers {
        match estate.servers.iter_mut().find(|each| each.id.eq_ignore_ascii_case(&server.id)) {
            Some(known) => fill_server(known, server, origin),
            None => {
                let mut server = server.clone();
                server.origins.push(origin.clone());
                estate.servers.push(server);
            }
        }
    }
    for vm in &own.vms {
        match estate.vms.iter_mut().find(|each| each.id.eq_ignore_ascii_case(&vm.id)) {
            Some(known) => fill_vm(known, vm, origin),
            None => {
                let mut vm = vm.clone();
                vm.origins.push(origin.clone());
                estate.vms.push(vm);
            }
        }
    }
    for device in &own.devices {
        let mut device = device.clone();
        device.origins.push(origin.clone());
        match estate.devices.iter_mut().find(|each| each.id.eq_ignore_ascii_case(&device.id)) {
            Some(known) => {
                let (oem, used) = (known.oem_os.clone(), known.used_by.clone());
                device.oem_os = device.oem_os.or(oem);
                device.used_by = device.used_by.or(used);
                device.origins.extend(known.origins.clone());
                *known = device;
            }
            None => estate.devices.push(device),
        }
    }
    for user in &own.users {
        let mut user = user.clone();
        user.origins.push(origin.clone());
        match estate.users.iter_mut().find(|each| each.id.eq_ignore_ascii_case(&user.id)) {
            Some(known) => *known = user,
            None => estate.users.push(user),
        }
    }
    for install in &own.installs {
        let mut install = install.clone();
        install.origins.push(origin.clone());
        let same = |each: &licensing::deployments::Install| {
            each.on.eq_ignore_ascii_case(&install.on)
                && each.product == install.product
                && each.version == install.version
        };
        match estate.installs.iter_mut().find(|each| same(each)) {
            Some(known) => {
                install.origins.extend(known.origins.clone());
                *known = install;
            }
            None => estate.installs.push(install),
        }
    }
    for access in &own.accesses {
        let mut access = access.clone();
        access.origins.push(origin.clone());
        estate.accesses.push(access);
    }
    estate.audits.extend(own.audits.iter().cloned());
}

fn fill_server(known: &mut Server, own: &Server, origin: &Origin) {
    macro_rules! over {
        ($($field:ident),*) => { $( if own.$field.is_some() { known.$field.clone_from(&own.$field); } )* };
    }
    over!(
        processors,
        cores_per_processor,
        cores,
        logical,
        threads_per_core,
        cpu_model,
        hypervisor,
        physical_ose_role,
        cluster,
        drs,
        role,
        managed,
        powered,
        activity,
        platform,
        site,
        owner,
        inventory_documented,
        retired_on,
        passive_of,
        same_as,
        entity
    );
    known.origins.push(origin.clone());
}

fn fill_vm(known: &mut Vm, own: &Vm, origin: &Origin) {
    macro_rules! over {
        ($($field:ident),*) => { $( if own.$field.is_some() { known.$field.clone_from(&own.$field); } )* };
    }
    over!(
        host,
        vcpus,
        role,
        moved_off_days_ago,
        enabled,
        os_family,
        managed,
        used_by,
        ahb_since_days,
        site,
        entity,
        retired_on
    );
    known.origins.push(origin.clone());
}
