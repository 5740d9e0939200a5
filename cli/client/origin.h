// Where the control plane is, and how to speak to it without giving the user's password away.
#pragma once
#include <string>

#include "foundation/http/client.h"

namespace cli::client {

// "http://127.0.0.1:8080", "https://hks.example". Plain http is for loopback only: Code::invalid elsewhere.
// https trusts the system's authorities: the file in SSL_CERT_FILE, else that of the distribution.
foundation::Result<foundation::http::Client::Options> origin_options(const std::string& server);

// A server's URL as the session file keeps it: without slashes at its end.
std::string normal_server(std::string server);

}  // namespace cli::client
