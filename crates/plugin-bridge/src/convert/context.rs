//! The call context.

use std::time::Duration;

use ownhand_plugin_abi::{AbiContext, RVec};
use ownhand_spi::{CallContext, TenantId};

use crate::{Crosses, Garbage};

/// The context for the other side, with the budget that really holds and the host's span.
pub(crate) fn context_to_abi(cx: &CallContext, budget: Duration, span: u64) -> AbiContext {
    AbiContext {
        tenant: cx.tenant.as_str().into(),
        request_id: cx.request_id.as_str().into(),
        now_unix_ms: cx.now_unix_ms,
        budget_ms: u64::try_from(budget.as_millis()).unwrap_or(u64::MAX),
        span,
        ext: RVec::new(),
    }
}

impl Crosses for CallContext {
    type Abi = AbiContext;

    fn into_abi(self) -> AbiContext {
        context_to_abi(&self, self.budget, 0)
    }

    fn from_abi(abi: AbiContext) -> Result<Self, Garbage> {
        Ok(Self {
            tenant: TenantId::new(String::from_abi(abi.tenant)?)
                .map_err(|_| Garbage::new("a tenant id of wrong shape"))?,
            request_id: String::from_abi(abi.request_id)?,
            now_unix_ms: abi.now_unix_ms,
            budget: Duration::from_millis(abi.budget_ms),
        })
    }
}
