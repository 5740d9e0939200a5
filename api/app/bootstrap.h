// The first manager of an organization, made by whoever may run this program on the data folder: before the first
// start, beside a running control plane, or when an organization has locked itself out.
#pragma once
#include "api/identity/invitations.h"
#include "foundation/async/task.h"
#include "foundation/database/database.h"

namespace api::app {

struct FirstUser {
  tenancy::OrganizationName organization;
  tenancy::UserName user;
};

// Adds the organization and the user where they are missing, makes the user one of its managers who can sign in again,
// and invites them. invalid: not names; conflict: the user belongs to another organization.
foundation::async::Task<identity::Invitation> bootstrap_admin(foundation::database::Database& database,
                                                              FirstUser first);

}  // namespace api::app
