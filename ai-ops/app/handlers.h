// The handlers of the route tables, one file per resource.
#pragma once
#include "ai-ops/app/access.h"

namespace ai_ops::app {

// chat.cc
async::Task<http::Reply> chat(Services&, async::Context&, http::Exchange&, Bearer);
// findings.cc
async::Task<http::Reply> list_findings(Services&, async::Context&, http::Exchange&, Bearer);
// conversations.cc
async::Task<http::Reply> list_conversations(Services&, async::Context&, http::Exchange&, Bearer);
async::Task<http::Reply> read_conversation(Services&, async::Context&, http::Exchange&, Bearer);
async::Task<http::Reply> delete_conversation(Services&, async::Context&, http::Exchange&, Bearer);
// models.cc
async::Task<http::Reply> models(Services&, async::Context&, http::Exchange&, Bearer);
// health.cc
async::Task<http::Reply> live(Services&, async::Context&, http::Exchange&);
async::Task<http::Reply> ready(Services&, async::Context&, http::Exchange&);
async::Task<http::Reply> metrics(Services&, async::Context&, http::Exchange&);

}  // namespace ai_ops::app
