#include "ai-ops/diagnosis/volume_match.h"

#include <algorithm>

#include "foundation/kubernetes/quantity.h"

namespace ai_ops::diagnosis {
namespace {

using foundation::kubernetes::parse_quantity_milli;

// What a claim or volume does not say, or says in a form of no quantity, keeps nothing from being bound.
bool is_too_small(json::View capacity, json::View request) {
  auto has = parse_quantity_milli(capacity.text()), wants = parse_quantity_milli(request.text());
  return has && wants && *has < *wants;
}

bool has_all(json::View offered, json::View wanted) {
  return std::ranges::all_of(wanted.array(), [&](const json::Value& want) {
    return std::ranges::any_of(offered.array(), [&](const json::Value& has) { return has == want; });
  });
}

// A volume is held by whichever claim its claimRef names, also after that claim is gone (Released). One without a uid
// was reserved by hand.
bool is_held_by_another(const ObjectView& claim, json::View holder) {
  if (holder.is_null()) return false;
  bool is_same = holder["name"].text() == claim.name() && holder["namespace"].text() == claim.namespace_name();
  std::string_view uid = holder["uid"].text();
  return !is_same || (!uid.empty() && !claim.uid().empty() && uid != claim.uid());
}

}  // namespace

std::string_view class_name_of(const ObjectView& claim_or_volume) {
  return claim_or_volume.spec()["storageClassName"].text();
}

std::string texts_of(json::View list) {
  std::string out;
  for (const json::Value& item : list.array()) {
    if (!out.empty()) out += ", ";
    out += json::View(item).text();
  }
  return out;
}

std::vector<Misfit> misfits_of(const ObjectView& claim, const ObjectView& volume) {
  json::View wants = claim.spec(), has = volume.spec();
  std::vector<Misfit> out;
  auto note = [&](bool is_wrong, Misfit misfit) {
    if (is_wrong) out.push_back(misfit);
  };
  note(is_too_small(has["capacity"]["storage"], wants["resources"]["requests"]["storage"]), Misfit::capacity);
  note(!has_all(has["accessModes"], wants["accessModes"]), Misfit::access_modes);
  note(class_name_of(claim) != class_name_of(volume), Misfit::storage_class);
  json::View selector = wants["selector"];
  note(!selector.is_null() && !foundation::kubernetes::selector_matches(selector, volume.metadata()["labels"]),
       Misfit::selector);
  note(wants["volumeMode"].text("Filesystem") != has["volumeMode"].text("Filesystem"), Misfit::volume_mode);
  note(volume.status()["phase"].text() == "Failed", Misfit::failed);
  note(is_held_by_another(claim, has["claimRef"]), Misfit::taken);
  return out;
}

namespace {

VolumeSearch volume_by_name(const Cluster& cluster, const ObjectView& claim, std::string_view name) {
  auto volume = cluster.snapshot().find("PersistentVolume", "", name);
  if (!volume) return {};
  auto misfits = misfits_of(claim, *volume);
  std::erase(misfits, Misfit::selector);  // a claim that names its volume selects none
  if (misfits.empty()) return {.fits = true};
  // Nothing else matters of a volume that is another's.
  return {.near = NearVolume{*volume, misfits.back() == Misfit::taken ? Misfit::taken : misfits.front()}};
}

}  // namespace

VolumeSearch volume_for(const Cluster& cluster, const ObjectView& claim) {
  std::string_view named = claim.spec()["volumeName"].text();
  if (!named.empty()) return volume_by_name(cluster, claim, named);
  VolumeSearch out;
  for (const ObjectView& volume : cluster.snapshot().of_kind("PersistentVolume")) {
    auto misfits = misfits_of(claim, volume);
    if (misfits.empty()) return {.fits = true};
    bool is_near = misfits.size() == 1 && !volume.metadata()["deletionTimestamp"];
    if (is_near && (!out.near || misfits.front() < out.near->misfit)) out.near = NearVolume{volume, misfits.front()};
  }
  return out;
}

}  // namespace ai_ops::diagnosis
