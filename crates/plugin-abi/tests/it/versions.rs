//! Hosts of three versions and libraries of five, in every order in one process.

#![expect(
    unsafe_code,
    reason = "opening a library and reading a symbol of a promised type can't be checked by the compiler"
)]

use std::{ffi::CString, mem::ManuallyDrop, path::Path};

use futures_util::FutureExt as _;
use libloading::Library;
use ownhand_plugin_abi::{self as abi_1_0, AbiHeaderRef, HEADER_SYMBOL};

/// The libraries by the version of the ABI for which they were written; the last two break its rules.
const LIBRARIES: [&str; 5] = ["1_0", "1_1", "1_2", "1_3", "1_4"];
const GOOD: usize = 3;

/// A library's header. It stays open: what a host takes from it is used for good.
fn header(version: &str) -> AbiHeaderRef {
    let folder = std::env::var_os("OWNHAND_PLUGIN_DIR").expect("run `cargo xtask test`");
    let file = Path::new(&folder).join(format!("libownhand_plugin_raw_{version}.so"));
    let symbol = CString::new(HEADER_SYMBOL).unwrap();
    // SAFETY: a library of this workspace, whose initialiser does nothing unless it is told to.
    let library = unsafe { Library::new(&file) };
    let library = ManuallyDrop::new(library.expect("run `cargo xtask test`"));
    // SAFETY: the library exports a header under this name.
    let header = unsafe { library.get::<AbiHeaderRef>(symbol.as_bytes_with_nul()) };
    *header.unwrap()
}

/// Every order of so many things (Heap's algorithm).
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut all = vec![order.clone()];
    let mut turns = vec![0; count];
    let mut at = 0;
    while at < count {
        if turns[at] < at {
            order.swap(if at % 2 == 0 { 0 } else { turns[at] }, at);
            all.push(order.clone());
            turns[at] += 1;
            at = 0;
        } else {
            turns[at] = 0;
            at += 1;
        }
    }
    all
}

/// How a host checks a library.
type Opens = fn(AbiHeaderRef) -> Result<(), String>;

#[test]
fn exactly_the_incompatible_ones_are_refused_in_every_order() {
    let headers = LIBRARIES.map(header);
    let orders = orders(LIBRARIES.len());
    assert_eq!(orders.len(), 120);
    let hosts: [(&str, Opens); 3] = [
        ("1.0", |h| {
            abi_1_0::open_module(h).map(drop).map_err(|e| e.to_string())
        }),
        ("1.1", |h| {
            abi_1_1::open_module(h).map(drop).map_err(|e| e.to_string())
        }),
        ("1.2", |h| {
            abi_1_2::open_module(h).map(drop).map_err(|e| e.to_string())
        }),
    ];
    for order in orders {
        for (host, open) in hosts {
            for &library in &order {
                let name = LIBRARIES[library];
                match (open(headers[library]), library < GOOD) {
                    (Ok(()), true) => {}
                    (Err(refused), false) => assert!(
                        refused.starts_with("the types at the boundary differ: "),
                        "{name} in {host}, order {order:?}: {refused}"
                    ),
                    (answer, _) => panic!("{name} in {host}, order {order:?}: {answer:?}"),
                }
            }
        }
    }
}

/// What a host of some version gets from a library.
macro_rules! built {
    ($abi:ident, $module:expr) => {{
        let args = $abi::AbiInstanceArgs {
            instance: "test".into(),
            tenant: $abi::RNone,
            operator_json: "null".into(),
            settings_json: "null".into(),
            secrets: $abi::RVec::new(),
            span: 0,
            ext: $abi::RVec::new(),
        };
        let built = $module.build()(args).now_or_never().unwrap();
        let instance = built.into_result().unwrap();
        instance.document_source().into_option().unwrap()
    }};
}

/// Asks a source of a 1.2 host what only 1.1 and 1.2 know.
fn stat(source: &abi_1_2::DocumentSourceBox) -> Result<String, u32> {
    let user = abi_1_2::AbiUser {
        issuer: "i".into(),
        subject: "s".into(),
        login: abi_1_2::RNone,
        email: abi_1_2::RNone,
        email_verified: false,
        name: abi_1_2::RNone,
        groups: abi_1_2::RVec::new(),
        claims: abi_1_2::RVec::new(),
        ext: abi_1_2::RVec::new(),
    };
    let actor = abi_1_2::AbiActor {
        user,
        kind: abi_1_2::codes::actor::SERVICE,
        secret: abi_1_2::RNone,
        ext: abi_1_2::RVec::new(),
    };
    let cx = abi_1_2::AbiContext {
        tenant: "acme".into(),
        request_id: "r".into(),
        now_unix_ms: 1,
        budget_ms: 1000,
        span: 0,
        ext: abi_1_2::RVec::new(),
    };
    let answer = source.stat(cx, actor, "a.pdf".into()).now_or_never();
    let answer = answer.unwrap().into_result();
    answer
        .map(|found| found.name.into())
        .map_err(|error| error.code)
}

#[test]
fn a_new_host_asks_an_old_library_only_what_it_knows() {
    for (version, is_old) in [("1_0", true), ("1_1", false), ("1_2", false)] {
        let (module, found) = abi_1_2::open_module(header(version)).unwrap();
        assert_eq!(found, format!("{}.0", version.replace('_', ".")));
        assert_eq!(
            module.health().map(|health| health()),
            (!is_old).then_some(7)
        );
        let source = built!(abi_1_2, module);
        assert_eq!(source.facts().acting, abi_1_2::codes::actor::SERVICE);
        let expected = if is_old {
            Err(abi_1_2::codes::error::UNSUPPORTED)
        } else {
            Ok("stat of a.pdf".to_owned())
        };
        assert_eq!(stat(&source), expected, "{version}");
    }
}

#[test]
fn an_old_host_uses_a_new_library() {
    for version in ["1_1", "1_2"] {
        let (module, _) = abi_1_0::open_module(header(version)).unwrap();
        let source = built!(abi_1_0, module);
        assert_eq!(source.facts().acting, abi_1_0::codes::actor::SERVICE);
    }
}
