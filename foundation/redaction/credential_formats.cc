#include "foundation/redaction/credential_formats.h"

#include <string>
#include <vector>

#include "foundation/redaction/secret_value.h"

namespace foundation::redaction {
namespace {

// By their own shape. Sources: the providers' documents of their token formats, as gitleaks and trufflehog collect
// them.
const std::vector<CredentialFormat>& formats_by_shape() {
  static const std::vector<CredentialFormat> formats{
      {"private_key",
       R"re((?s)-----BEGIN[ +][A-Z0-9 +]{0,40}PRIVATE[ +]KEY(?:[ +]BLOCK)?-----.*?(?:-----END[ +][A-Z0-9 +]{0,40}PRIVATE[ +]KEY(?:[ +]BLOCK)?-----|\z))re",
       always},
      {"private_key", R"re((?s)PuTTY-User-Key-File-[0-9]:.*?(?:Private-MAC: *[0-9a-f]+|\z))re", always},
      {"private_key", R"re(\bAGE-SECRET-KEY-1[0-9A-Z]{58})re", always},
      {"password_hash", R"re(\$(?:2[abxy]?|apr1|[156y]|argon2(?:id|i|d)|scrypt)\$[A-Za-z0-9./$=,+-]{20,})re", always},
      {"aws", R"re(\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b)re", always},
      {"aws", R"re(\b(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9+/=_-]{50,})re", always},
      {"azure", R"re([A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})re", always},
      {"github", R"re(\bgh[pousr]_[A-Za-z0-9]{36,255})re", always},
      {"github", R"re(\bgithub_pat_[A-Za-z0-9_]{22,255})re", always},
      {"gitlab", R"re(\bgl(?:pat|ptt|rtr?|dt|cbt|oas|ft|ffct|soat|agent|imt)-[A-Za-z0-9_-]{20,})re", always},
      {"slack", R"re(\bxox[abeoprs]-[A-Za-z0-9-]{10,})re", always},
      {"slack", R"re(\bxapp-[0-9]-[A-Za-z0-9-]{10,})re", always},
      {"slack", R"re(hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{16,}))re", always},
      {"stripe", R"re(\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,})re", always},
      {"stripe", R"re(\bwhsec_[A-Za-z0-9+/=]{24,})re", always},
      {"google", R"re(\bAIza[0-9A-Za-z_-]{35})re", always},
      {"google", R"re(\bya29\.[0-9A-Za-z_-]{20,})re", always},
      {"google", R"re(\b1//0[0-9A-Za-z_-]{30,})re", always},
      {"google", R"re(\bGOCSPX-[0-9A-Za-z_-]{28})re", always},
      {"anthropic", R"re(\bsk-ant-[A-Za-z0-9_-]{20,})re", always},
      {"openai", R"re(\bsk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}|(?:or-v1-)?[A-Za-z0-9]{20,}))re",
       looks_random},
      {"huggingface", R"re(\bhf_[A-Za-z0-9]{30,})re", always},
      {"npm", R"re(\bnpm_[A-Za-z0-9]{36})re", always},
      {"pypi", R"re(\bpypi-[A-Za-z0-9_-]{50,})re", always},
      {"sendgrid", R"re(\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64})re", always},
      {"twilio", R"re(\b(?:SK|AC)[0-9a-f]{32}\b)re", always},
      {"docker", R"re(\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,})re", always},
      {"rubygems", R"re(\brubygems_[0-9a-f]{48})re", always},
      {"crates", R"re(\bcio[A-Za-z0-9]{32}\b)re", looks_random},
      {"databricks", R"re(\bdapi[0-9a-f]{32})re", always},
      {"shopify", R"re(\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32})re", always},
      {"grafana", R"re(\bgl(?:sa|c)_[A-Za-z0-9_+/=-]{32,})re", always},
      {"newrelic", R"re(\bNRAK-[A-Z0-9]{27})re", always},
      {"sentry", R"re(\bsntry[su]_[A-Za-z0-9_+/=-]{40,})re", always},
      {"linear", R"re(\blin_(?:api|oauth)_[A-Za-z0-9]{32,})re", always},
      {"notion", R"re(\bntn_[A-Za-z0-9]{40,})re", always},
      {"postman", R"re(\bPMAK-[0-9a-f]{24}-[0-9a-f]{34})re", always},
      {"terraform", R"re(\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,})re", always},
      {"atlassian", R"re(\bAT(?:ATT|CTT|BBT)3[A-Za-z0-9_=-]{20,})re", always},
      {"planetscale", R"re(\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,})re", always},
      {"supabase", R"re(\bsb[ps]_[0-9a-f]{40})re", always},
      {"dynatrace", R"re(\bdt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64})re", always},
      {"doppler", R"re(\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,})re", always},
      {"square", R"re(\b(?:sq0(?:atp|csp)-[A-Za-z0-9_-]{22,}|EAAA[A-Za-z0-9_-]{60}))re", always},
      {"mailchimp", R"re(\b[0-9a-f]{32}-us[0-9]{1,2}\b)re", always},
      {"discord", R"re(discord(?:app)?\.com/api/webhooks/([0-9]{17,20}/[A-Za-z0-9_-]{60,}))re", always},
      {"digitalocean", R"re(\bdo[opr]_v1_[0-9a-f]{64})re", always},
      {"vault", R"re(\bhv[sbr]\.[A-Za-z0-9_-]{24,})re", always},
      {"telegram", R"re((?:\b|bot)([0-9]{8,10}:[A-Za-z0-9_-]{35})\b)re", always},
      {"jwt", R"re(\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){1,4})re", always},  // and JWE
  };
  return formats;
}

// By what stands before them.
const std::vector<CredentialFormat>& formats_by_context() {
  // Quoted, also within escaped JSON, or up to what ends a word.
  static const std::string value =
      R"re((?:\\{1,2}"([^"\\]+)|"((?:[^"\\]|\\.)+)"|"([^"\\]+)|'([^']+)'|([^\s"',;&\\]+)))re";
  static const std::string quoted_value = R"re(\\{0,2}["']([^"'\\]+))re";
  static const std::string quotes = R"re([\\"']{0,4})re";  // of a name in JSON, escaped or not
  static const std::string set = quotes + R"re([ \t]*(?::=|=>|=)[ \t]*)re";
  static const std::string set_or_told = quotes + R"re([ \t]*(?::=|=>|=|:)[ \t]*)re";
  static const std::string authorization = R"re((?i)\b(?:proxy-)?authorization)re" + set_or_told;
  static const std::string strong =
      "(?i)(?:password|passwd|passphrase|pwd|api[_-]?key|access[_-]?key(?:[_-]?id)?|secret[_-]?key|private[_-]?key|"
      "account[_-]?key|auth[_-]?key|encryption[_-]?key|signing[_-]?key|client[_-]?secret|client[_-]key[_-]data)";
  static const std::string weak =
      "(?i)(?:secret|token|credentials?|auth|signature|session[_-]?id|jwt|(?:\\b|_)(?:sig|pass|creds?))";
  static const std::string flag =
      R"re((?i)(?:^|[\s"'\[(=,])--?[\w-]*(?:password|passwd|passphrase|secret|token|api-?key|access-?key))re";
  static const std::vector<CredentialFormat> formats{
      {"cookie", R"re((?i)\b(?:set-)?cookie)re" + quotes + R"re(:[ \t]*([^\r\n]+))re", is_assigned_secret},
      {"authorization",
       authorization + R"re(["'\[]{0,2}(?:bearer|basic|digest|token|negotiate)[ \t]+([^\s"',;\]\\]+))re",
       is_assigned_secret},
      {"authorization", authorization + R"re(["'\[]{0,2}([^\s"',;\]\\]+))re", is_random_secret},
      {"bearer", R"re((?i)\b(?:bearer|basic|negotiate)[ \t]+([A-Za-z0-9+/=._~-]{8,}))re", is_random_secret},
      // Drivers of databases take the last "@", so that a password may hold "/" and "@".
      {"password",
       "(?i)\\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\\+srv)?|rediss?|amqps?|nats|mssql|sqlserver|ldaps?|smtps?)"
       R"re(://[^\s:@/"'<>]*:([^\s"'<>]+)@)re",
       is_assigned_secret},
      {"password", R"re((?i)\b[a-z][a-z0-9+.-]*://[^\s/:@"'<>]*:([^\s/"'<>]+)@)re", is_assigned_secret},
      {"password", R"re(\b[\w.-]+:([^\s@"']+)@(?:tcp|unix)\()re", is_assigned_secret},
      {"password", R"re((?:^|\s)(?:-u|--user)[ =]["']?[^\s:"'/]+:([^\s"']+))re", is_login_secret},
      {"token", R"re((?i)\b[a-z][a-z0-9+.-]*://([^\s/:@"'<>]{16,})@)re", is_random_secret},
      {"password", strong + set_or_told + value, is_assigned_secret},
      {"password", strong + R"re([ \t]*:[ \t]*[|>][+-]?[ \t]*\r?\n[ \t]+([^\r\n]+))re",
       is_assigned_secret},                                                                 // YAML's block
      {"password", strong + quotes + R"re(\s*:\s*)re" + quoted_value, is_assigned_secret},  // JSON over several lines
      {"token", weak + R"re(["']\s*:\s*)re" + quoted_value, is_assigned_secret},
      {"password", flag + R"re((?:[ \t]|\\\r?\n)+["']?([^\s"'-][^\s"']*))re", is_assigned_secret},
      {"password", flag + R"re(\\{0,2}["'],\s*)re" + quoted_value, is_assigned_secret},  // a list of arguments
      {"password", R"re((?i)(?:^|[^\w/.-])pass(?:word|phrase|wd)[ \t]+(?:(?:is|was|to|=)[ \t]+)?)re" + value,
       is_spelled_secret},
      {"token", weak + set + value, is_assigned_secret},
      {"token", weak + R"re(\\{0,2}"[ \t]*:[ \t]*)re" + R"re(\\{0,2}"([^"\\]+))re", is_assigned_secret},  // JSON
      {"token", weak + set_or_told + value, is_random_secret},
      {"key", R"re((?i)(?:\b|_|-)key)re" + set_or_told + R"re(["']?([A-Za-z0-9+/=_-]{32,}))re", is_random_secret},
  };
  return formats;
}

}  // namespace

std::span<const CredentialFormat> credential_formats() {
  static const std::vector<CredentialFormat> all = [] {
    std::vector<CredentialFormat> out = formats_by_shape();
    out.insert(out.end(), formats_by_context().begin(), formats_by_context().end());
    return out;
  }();
  return all;
}

}  // namespace foundation::redaction
