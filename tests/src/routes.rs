//! The server's routes, read out of its source: who adds one is asked what strangers get there.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use syn::{
    Attribute, Expr, ExprMethodCall, ItemConst, ItemMod, Lit, LitStr,
    visit::{self, Visit},
};

/// The words of a router that mean a method.
const METHODS: [&str; 7] = ["get", "post", "put", "delete", "patch", "head", "any"];
/// The words of a router that add routes in ways that are not read here.
const UNREAD: [&str; 5] = [
    "nest",
    "nest_service",
    "route_service",
    "on",
    "method_not_allowed_fallback",
];

/// A route.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// Its path, with the names of its parameters in braces.
    pub path: String,
    /// Its method, in capitals.
    pub method: String,
}

/// Why the routes can't be read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// A file can't be read.
    #[error("{}", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// A file is no Rust.
    #[error("{}", .0.display())]
    Syntax(PathBuf, #[source] syn::Error),
    /// A route is written in a way that is not known here.
    #[error("{}: {}; teach `tests/src/routes.rs` to read it", .0.display(), .1)]
    Shape(PathBuf, String),
}

/// The routes of the server whose workspace lies at `root`, sorted.
///
/// # Errors
/// [`Unread`] names the file.
pub fn routes(root: &Path) -> Result<Vec<Route>, Unread> {
    let mut files = Vec::new();
    collect(&root.join("crates/server/src"), &mut files)?;
    files.push(root.join("crates/connector/src/paths.rs"));
    let mut found = Found::default();
    let mut parsed = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).map_err(|error| Unread::File(path.clone(), error))?;
        let file = syn::parse_file(&text).map_err(|error| Unread::Syntax(path.clone(), error))?;
        let module = path.file_stem().unwrap_or_default().to_string_lossy();
        found.module = module.into_owned();
        found.read_constants(&file);
        parsed.push((path, found.module.clone(), file));
    }
    for (path, module, file) in &parsed {
        found.module.clone_from(module);
        found.wrong = None;
        found.visit_file(file);
        if let Some(wrong) = found.wrong.take() {
            return Err(Unread::Shape(path.clone(), wrong));
        }
    }
    found.routes.sort();
    Ok(found.routes)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Unread> {
    let unread = |error| Unread::File(folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

#[derive(Default)]
struct Found {
    /// The file that is being read, as modules name it.
    module: String,
    /// Constants of text, by module and name.
    constants: BTreeMap<(String, String), String>,
    routes: Vec<Route>,
    wrong: Option<String>,
}

impl Found {
    fn read_constants(&mut self, file: &syn::File) {
        for item in &file.items {
            if let syn::Item::Const(ItemConst { ident, expr, .. }) = item
                && let Expr::Lit(literal) = &**expr
                && let Lit::Str(text) = &literal.lit
            {
                let key = (self.module.clone(), ident.to_string());
                self.constants.insert(key, text.value());
            }
        }
    }

    fn constant(&self, module: &str, name: &str) -> Option<&String> {
        self.constants.get(&(module.to_owned(), name.to_owned()))
    }

    /// The text that an expression stands for.
    fn text(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Reference(reference) => self.text(&reference.expr),
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            Expr::Path(path) => {
                let segments: Vec<_> = path.path.segments.iter().collect();
                let (name, before) = segments.split_last()?;
                let module = before.last().map(|segment| segment.ident.to_string());
                let module = module.unwrap_or_else(|| self.module.clone());
                self.constant(&module, &name.ident.to_string()).cloned()
            }
            Expr::Macro(format) if format.mac.path.is_ident("format") => {
                let pattern: LitStr = format.mac.parse_body().ok()?;
                let mut text = pattern.value();
                for ((module, name), value) in &self.constants {
                    if *module == self.module {
                        text = text.replace(&format!("{{{name}}}"), value);
                    }
                }
                Some(text)
            }
            _ => None,
        }
    }

    /// The methods of a method router such as `get(show).post(begin)`.
    fn methods(expr: &Expr, methods: &mut Vec<String>) -> bool {
        let word = match expr {
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
                _ => None,
            },
            Expr::MethodCall(call) => {
                if !Self::methods(&call.receiver, methods) {
                    return false;
                }
                let word = call.method.to_string();
                if word == "layer" || word == "route_layer" {
                    return true;
                }
                Some(word)
            }
            _ => None,
        };
        match word {
            Some(word) if METHODS.contains(&word.as_str()) => {
                methods.push(word.to_uppercase());
                true
            }
            _ => false,
        }
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        let only_for_tests = |attribute: &Attribute| {
            attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<syn::Path>()
                    .is_ok_and(|path| path.is_ident("test"))
        };
        if !module.attrs.iter().any(only_for_tests) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let word = call.method.to_string();
        if UNREAD.contains(&word.as_str()) {
            self.wrong = Some(format!("a router's `{word}`"));
        }
        if word == "route" && call.args.len() == 2 {
            let mut methods = Vec::new();
            match self.text(&call.args[0]) {
                Some(path) if Self::methods(&call.args[1], &mut methods) => {
                    self.routes.extend(methods.into_iter().map(|method| Route {
                        path: path.clone(),
                        method,
                    }));
                }
                Some(path) => self.wrong = Some(format!("the methods of {path}")),
                None => self.wrong = Some("the path of a route".to_owned()),
            }
        }
        visit::visit_expr_method_call(self, call);
    }
}
