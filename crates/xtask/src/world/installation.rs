//! A running installation: the simulator, the server, and the host apps of its tenants.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};

use url::Url;

use super::{
    Browser, HostApp, Programs, Simulator,
    configuration::{AUTHORITY, Files, Shared},
    programs::{Library, PLUGINS},
    service::Service,
    site::{Place, Site, Trust},
};
use crate::{Result, error, error::wrong};

/// How the adapters come into the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As parts of the program.
    BuiltIn,
    /// As pinned libraries.
    Libraries,
}

/// What kind of installation is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// How the adapters come in.
    pub form: Form,
    /// The tenants.
    pub tenants: &'a [&'a str],
    /// How the parts are reached.
    pub site: Site,
    /// Whether the tenants demand the same e-mail address on both sides. Attacks are tried without this rule: it would stop
    /// some of them before the walk itself must.
    pub same_email: bool,
    /// Libraries besides the shipped ones, which tenants may use.
    pub more_plugins: &'a [&'a str],
    /// Further sections of the operator's file.
    pub operator: &'a str,
}

impl<'a> Plan<'a> {
    /// On bare loopback addresses, with the rules that a tenant has when its file does not say otherwise.
    pub fn new(form: Form, tenants: &'a [&'a str]) -> Self {
        Self {
            form,
            tenants,
            site: Site::default(),
            same_email: true,
            more_plugins: &[],
            operator: "",
        }
    }
}

/// A running installation. Ends with its programs when it is dropped.
pub struct Installation {
    /// Where everything of it lies.
    pub folder: PathBuf,
    /// The server's address.
    pub public: Url,
    /// What its clients must trust.
    pub trust: Trust,
    /// The local DocuSign.
    pub simulator: Simulator,
    /// One host app a tenant.
    pub host_apps: Vec<HostApp>,
    /// The libraries that the server loaded; empty when the adapters are built in.
    pub libraries: Vec<Library>,
    // The server first: it must not outlive DocuSign, or its log would fill with failures of our making.
    server: Service,
    docusign: Service,
}

impl Installation {
    /// Writes all files into `folder`, which must be empty, and starts the programs.
    ///
    /// # Errors
    /// When something does not start; with the last lines of its log.
    pub async fn start(
        folder: &Path,
        programs: &Programs,
        form: Form,
        tenants: &[&str],
    ) -> Result<Self> {
        Self::of(&Plan::new(form, tenants), folder, programs).await
    }

    /// The same for an installation of any kind.
    ///
    /// # Errors
    /// See [`Installation::start`].
    pub async fn of(plan: &Plan<'_>, folder: &Path, programs: &Programs) -> Result<Self> {
        fs::create_dir_all(folder).map_err(error::io(folder.display().to_string()))?;
        let folder = folder
            .canonicalize()
            .map_err(error::io(folder.display().to_string()))?;
        let shipped: &[&str] = match plan.form {
            Form::BuiltIn => &[],
            Form::Libraries => &PLUGINS,
        };
        let libraries = shipped
            .iter()
            .chain(plan.more_plugins)
            .map(|name| programs.check(name))
            .collect::<Result<Vec<_>>>()?;
        let place = Place::new(plan.site)?;
        let public = place.ownhand(free_port()?)?;
        let files = Files {
            folder: &folder,
            plan,
            place: &place,
            public: &public,
            shared: &Shared::fresh(),
        };
        files.seed()?;
        let (docusign, simulator) = simulator(&folder, programs, plan.site).await?;
        let mut trust = Trust::default();
        if let Some(pem) = place.authority_pem() {
            trust.add(pem.as_bytes())?;
        }
        if let Some(file) = &simulator.authority {
            let pem = fs::read(file).map_err(error::io(file.display().to_string()))?;
            trust.add(&pem)?;
        }
        let host_apps = plan
            .tenants
            .iter()
            .map(|tenant| HostApp::new(tenant, &public, &place, &trust))
            .collect::<Result<Vec<_>>>()?;
        files.operator(&simulator, &libraries, &host_apps)?;
        for host in &host_apps {
            files.tenant(host)?;
        }
        let server = serve(&folder, &mut Command::new(&programs.ownhand)).await?;
        Ok(Self {
            folder,
            public,
            trust,
            simulator,
            host_apps,
            libraries,
            server,
            docusign,
        })
    }

    /// A browser that trusts this installation.
    ///
    /// # Errors
    /// When the system's TLS set-up is unusable.
    pub fn browser(&self) -> Result<Browser> {
        Browser::trusting(&self.trust)
    }

    /// The host app of a tenant.
    ///
    /// # Errors
    /// When the installation has no such tenant.
    pub fn host_app(&self, tenant: &str) -> Result<&HostApp> {
        self.host_apps
            .iter()
            .find(|host| host.tenant == tenant)
            .ok_or_else(|| wrong(format!("there is no tenant {tenant}")))
    }

    /// An address of the server.
    ///
    /// # Errors
    /// When `path` is no path.
    pub fn at(&self, path: &str) -> Result<Url> {
        self.public
            .join(path)
            .map_err(|error| wrong(error.to_string()))
    }

    /// A file of a tenant, as its host app names it.
    pub fn document(&self, tenant: &str, reference: &str) -> PathBuf {
        self.folder
            .join("data/documents")
            .join(tenant)
            .join(reference)
    }

    /// The operator's file.
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("ownhand.toml")
    }

    /// What the programs said last.
    pub fn log_tails(&self) -> String {
        format!("{}\n{}", self.server.log_tail(), self.docusign.log_tail())
    }

    /// Everything that the server said.
    pub fn server_log(&self) -> String {
        self.server.log()
    }

    /// A tenant's file.
    pub fn tenant_file(&self, tenant: &str) -> PathBuf {
        self.folder.join("tenants").join(format!("{tenant}.toml"))
    }

    /// Asks the server to read its configuration anew (SIGHUP) and goes on at once.
    ///
    /// # Errors
    /// When it has ended already.
    pub fn ask_server_to_reload(&self) -> Result<()> {
        self.server.ask_to_reload()
    }

    /// Asks the server to end (SIGTERM) and goes on at once.
    ///
    /// # Errors
    /// When it has ended already.
    pub fn ask_server_to_end(&self) -> Result<()> {
        self.server.ask_to_end()
    }

    /// The server's process.
    pub fn server_pid(&self) -> u32 {
        self.server.pid()
    }

    /// Waits until the server has ended, by itself or because it was asked to; answers how.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn server_ends(&mut self) -> Result<ExitStatus> {
        self.server.end().await
    }

    /// Starts the server again on the same files, as `program` with whatever environment it has. The one before must have
    /// ended.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_server(&mut self, program: &mut Command) -> Result<()> {
        self.server = serve(&self.folder, program).await?;
        Ok(())
    }

    /// Ends the server, then the simulator; answers how the server ended.
    ///
    /// # Errors
    /// When one of them does not end when it is asked to.
    pub async fn stop(self) -> Result<ExitStatus> {
        let status = self.server.stop().await?;
        self.docusign.stop().await?;
        Ok(status)
    }
}

/// Starts `program` as the server of an installation's files, and waits until it answers.
async fn serve(folder: &Path, program: &mut Command) -> Result<Service> {
    let ready_file = folder.join("ownhand.json");
    // What an earlier one wrote would be taken for this one's.
    let _ = fs::remove_file(&ready_file);
    let command = program
        .arg("serve")
        .arg("--config")
        .arg(folder.join("ownhand.toml"))
        .arg("--ready-file")
        .arg(&ready_file);
    let mut server = Service::start("ownhand", command, folder.join("ownhand.log"))?;
    server.ready(&ready_file).await?;
    Ok(server)
}

/// Starts DocuSign.
async fn simulator(folder: &Path, programs: &Programs, site: Site) -> Result<(Service, Simulator)> {
    let ready_file = folder.join("simulator.json");
    let mut command = Command::new(&programs.simulator);
    command.args(["--listen", "127.0.0.1:0", "--ready-file"]);
    command.arg(&ready_file);
    command.arg("--seed").arg(folder.join("seed.toml"));
    if site == Site::Localhost {
        command.args(["--tls-listen", "127.0.0.1:0", "--connect-ca"]);
        command.arg(folder.join(AUTHORITY));
    }
    let log = folder.join("simulator.log");
    let mut service = Service::start("the simulator", &mut command, log)?;
    let simulator = Simulator::from_ready(&service.ready(&ready_file).await?)?;
    Ok((service, simulator))
}

/// A port on loopback that was free a moment ago. The redirect URI must be known before the server starts.
fn free_port() -> Result<u16> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(error::io("finding a free port"))
}
