// The wire to one Kubernetes API server: one connection pool and the control plane's credential, which is put on every
// request here and nowhere else. Owner: the cluster's reader, writer and cache together (shared: whichever goes last).
// Threads: one executor.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "foundation/async/context.h"
#include "foundation/async/task.h"
#include "foundation/http/client.h"
#include "foundation/kubernetes_api/kubeconfig.h"

namespace foundation::kubernetes_api {

inline constexpr Milliseconds kRequestTime{30'000};  // one request, when its context allows more
inline constexpr Milliseconds kTokenAge{60'000};     // a token file is read again after it, and after a 401
inline constexpr int kReadRetries = 2;               // on 429, reads only
inline constexpr Milliseconds kMaxRetryAfter{10'000};
inline constexpr const char* kJson = "application/json";
// Of objects, in a list or in a watch, their metadata only: what a Secret holds stays where it is.
inline constexpr const char* kMetadataOnly = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
inline constexpr const char* kMetadataOnlyEach = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";

class ApiServer {
 public:
  // `user_agent`: who we are in the API server's own audit log.
  static Result<std::shared_ptr<ApiServer>> create(async::asio::any_io_executor on, const Kubeconfig& kubeconfig,
                                                   std::string user_agent = "hks-control-plane");

  // A 2xx answer's body; all else is an Error as cluster.h names them. A 429 is tried again after the server's
  // Retry-After, where the context leaves that long. `accept`: the form that is asked for.
  async::Task<std::string> read(async::Context& ctx, std::string target, std::size_t max_body,
                                std::string accept = kJson);
  // The same for a write: sent once, whatever happens.
  async::Task<std::string> write(async::Context& ctx, http::Request request, std::size_t max_body);
  // A read whose answer goes on; the head within kRequestTime. Errors and retries as read's: who follows objects would
  // list them all anew after an error, at a server that is too busy already.
  async::Task<std::unique_ptr<http::ResponseStream>> open(async::Context& ctx, std::string target,
                                                          std::string accept = kJson);

 private:
  ApiServer(std::unique_ptr<http::Client> client, const Kubeconfig& kubeconfig, std::string user_agent);
  async::Task<http::Response> send(async::Context& ctx, http::Request request, std::size_t max_body);
  http::Request signed_in(http::Request request);
  void look_at_refusal(int status);

  std::unique_ptr<http::Client> client_;
  std::string user_agent_;
  Secret token_;
  std::filesystem::path token_file_;
  SteadyTime token_read_at_;
};

}  // namespace foundation::kubernetes_api
