//! An adapter compiled into the program.

use std::{marker::PhantomData, sync::Arc};

use ownhand_spi::{
    AdapterError, AdapterFactory, AdapterInstance, BoxFuture, InstanceArgs, Manifest,
};

use crate::{Adapter, BuildContext, secret, settings};

/// The adapter as a factory, compiled in rather than loaded.
pub fn builtin<A: Adapter>() -> Arc<dyn AdapterFactory> {
    Arc::new(Builtin::<A> {
        manifest: manifest::<A>(),
        adapter: PhantomData,
    })
}

struct Builtin<A> {
    manifest: Manifest,
    adapter: PhantomData<fn() -> A>,
}

impl<A: Adapter> AdapterFactory for Builtin<A> {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn build(&self, args: InstanceArgs) -> BoxFuture<'_, Result<AdapterInstance, AdapterError>> {
        Box::pin(build::<A>(args))
    }

    fn check(&self, args: InstanceArgs) -> BoxFuture<'_, Result<(), AdapterError>> {
        Box::pin(check::<A>(args))
    }
}

fn manifest<A: Adapter>() -> Manifest {
    Manifest {
        name: A::NAME.to_owned(),
        version: A::VERSION.to_owned(),
        roles: A::ROLES.to_vec(),
    }
}

/// Reads the settings and builds an instance: what both forms of an adapter share.
pub(crate) async fn build<A: Adapter>(args: InstanceArgs) -> Result<AdapterInstance, AdapterError> {
    let (context, operator, settings) = read::<A>(args)?;
    A::build(context, operator, settings)
        .await
        .map(crate::AdapterRoles::into_instance)
}

/// Reads the settings and judges them: what both forms of an adapter share.
pub(crate) async fn check<A: Adapter>(args: InstanceArgs) -> Result<(), AdapterError> {
    let (context, operator, settings) = read::<A>(args)?;
    A::check(context, operator, settings).await
}

fn read<A: Adapter>(
    args: InstanceArgs,
) -> Result<(BuildContext, A::Operator, A::Settings), AdapterError> {
    let InstanceArgs {
        instance,
        tenant,
        operator,
        settings,
        secrets,
    } = args;
    secret::with(secrets, || {
        let operator = settings::read(&operator).map_err(of_operator)?;
        let settings = settings::read(&settings)?;
        Ok((BuildContext { instance, tenant }, operator, settings))
    })
}

/// Tells the operator's settings from the tenant's, as the host names them.
fn of_operator(error: AdapterError) -> AdapterError {
    let path = format!("operator:{}", error.path().unwrap_or_default());
    error.at(path)
}
