// What every way to sign in has in common: which pages may ask, what is kept of it, what is answered.
#pragma once
#include "api/app/services.h"
#include "api/audit/audit.h"

namespace api::app {

// A form of another site can neither name our type of body nor hide its origin: nobody is signed in as somebody else by
// a link.
foundation::Done check_sign_in_page(const http::Request& request);
// A failed one belongs to no organization: who claims to be whom is not yet known. Then `user` is null.
audit::AuditEntry login_entry(const identity::User* user, const std::string& address);
foundation::Done store_entry(foundation::database::Session& session, const audit::AuditEntry& entry);
// 201 with the session's token, as a body and as a cookie.
http::Reply signed_in_reply(const identity::LoggedIn& in, foundation::WallTime now);

}  // namespace api::app
