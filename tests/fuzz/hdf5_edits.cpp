#include "hdf5_edits.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "io/examination.hpp"
#include "io/hdf5.hpp"
#include "support.hpp"

namespace vireo::fuzz {

namespace {

using hdf5::Handle;

Handle type_of(hid_t type) { return {type, H5Tclose}; }

Handle text_type(std::size_t size, unsigned how) {
  auto type = type_of(H5Tcopy(H5T_C_S1));
  H5Tset_size(type.id(), how % 2 == 0 ? H5T_VARIABLE : size);
  H5Tset_cset(type.id(), how / 2 % 2 == 0 ? H5T_CSET_UTF8 : H5T_CSET_ASCII);
  H5Tset_strpad(type.id(), how / 4 % 2 == 0 ? H5T_STR_NULLTERM : H5T_STR_SPACEPAD);
  return type;
}

/// One text, or a list of up to 15 that are alike
class Texts {
 public:
  explicit Texts(Recipe& recipe) : how_(recipe.byte()), text_(recipe.text()), type_(text_type(text_.size() + 1, how_)) {
    const bool list = how_ / 8 % 2 == 1;
    const hsize_t count = list ? how_ / 16 : 1;
    space_ = Handle(list ? H5Screate_simple(1, &count, nullptr) : H5Screate(H5S_SCALAR), H5Sclose);
    pointers_.assign(count, text_.c_str());
    for (hsize_t i = 0; i < count; ++i) characters_.append(text_.c_str(), text_.size() + 1);
  }
  Texts(const Texts&) = delete;
  Texts& operator=(const Texts&) = delete;
  ~Texts() = default;

  [[nodiscard]] hid_t type() const { return type_.id(); }
  [[nodiscard]] hid_t space() const { return space_.id(); }
  [[nodiscard]] const void* data() const {
    return how_ % 2 == 0 ? static_cast<const void*>(pointers_.data()) : characters_.data();
  }

 private:
  unsigned how_;
  std::string text_;
  Handle type_;
  Handle space_;
  std::vector<const char*> pointers_;
  std::string characters_;
};

/// Any type but that of a text
Handle type(Recipe& recipe) {
  const std::array plain{H5T_IEEE_F64LE, H5T_IEEE_F32LE, H5T_IEEE_F64BE, H5T_STD_I64LE,  H5T_STD_I8LE,
                         H5T_STD_U64BE,  H5T_UNIX_D32LE, H5T_STD_B16LE,  H5T_STD_REF_OBJ};
  const unsigned kind = recipe.byte() % 16;
  if (kind < plain.size()) return type_of(H5Tcopy(plain[kind]));
  switch (kind) {
    case 9: {
      auto out = type_of(H5Tcreate(H5T_COMPOUND, 16));
      H5Tinsert(out.id(), "r", 0, H5T_NATIVE_DOUBLE);
      H5Tinsert(out.id(), "i", 8, H5T_NATIVE_DOUBLE);
      return out;
    }
    case 10: {
      const std::array<hsize_t, 1> size{1 + recipe.byte() % 4U};
      return type_of(H5Tarray_create2(H5T_NATIVE_DOUBLE, 1, size.data()));
    }
    case 11: {
      auto out = type_of(H5Tenum_create(H5T_NATIVE_INT));
      const int zero = 0;
      H5Tenum_insert(out.id(), "zero", &zero);
      return out;
    }
    case 12:
      return type_of(H5Tcreate(H5T_OPAQUE, 1 + recipe.byte() % 16U));
    case 13: {  // a float of a kind that no processor has
      auto out = type_of(H5Tcopy(H5T_IEEE_F64LE));
      H5Tset_fields(out.id(), 63, 40, 23, 0, 40);
      return out;
    }
    case 14:
      return type_of(H5Tcopy(H5T_NATIVE_LDOUBLE));
    default:
      return type_of(H5Tvlen_create(H5T_NATIVE_DOUBLE));
  }
}

hsize_t length(Recipe& recipe) {
  constexpr std::array<hsize_t, 12> usual{0, 1, 2, 5, 20, 21, 19, 4, 6, 37, hsize_t{1} << 32, hsize_t{1} << 60};
  return recipe.one_of(usual);
}

/// At most `most` elements where they are to be filled
Handle space(Recipe& recipe) {
  const unsigned kind = recipe.byte() % 8;
  if (kind == 0) return {H5Screate(H5S_SCALAR), H5Sclose};
  if (kind == 1) return {H5Screate(H5S_NULL), H5Sclose};
  const int dimensions = kind < 5 ? 1 : kind < 7 ? 2 : 3 + recipe.byte() % 30;
  std::vector<hsize_t> sizes(static_cast<std::size_t>(dimensions), 1);
  for (int i = 0; i < std::min(dimensions, 3); ++i) sizes[static_cast<std::size_t>(i)] = length(recipe);
  return {H5Screate_simple(dimensions, sizes.data(), nullptr), H5Sclose};
}

/// Bytes for all elements; empty where there are too many. References and lists of any length stay zero.
std::vector<char> content(Recipe& recipe, hid_t type, hid_t space) {
  const auto count = H5Sget_simple_extent_npoints(space);
  const auto size = H5Tget_size(type);
  if (count <= 0 || static_cast<hsize_t>(count) > 4096 / size) return {};
  std::vector<char> out(static_cast<std::size_t>(count) * size);
  const auto kind = H5Tget_class(type);
  if (kind == H5T_VLEN || kind == H5T_REFERENCE || kind == H5T_STRING) return out;
  constexpr std::array numbers{
      0.0, 1.5, -2.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 1e300};
  const double fill = recipe.one_of(numbers);
  for (std::size_t i = 0; i + sizeof fill <= out.size(); i += sizeof fill) std::memcpy(&out[i], &fill, sizeof fill);
  for (unsigned changes = recipe.byte() % 4; changes > 0; --changes) {
    const auto place = recipe.number<std::uint16_t>() % out.size();
    out[place] = static_cast<char>(recipe.byte());
  }
  return out;
}

void remove(hid_t file, const std::string& where) { H5Ldelete(file, where.c_str(), H5P_DEFAULT); }

void put_array(hid_t file, NamedRecipe& recipe) {
  const auto where = recipe.path();
  remove(file, where);
  const Handle of = type(recipe);
  const Handle shape = space(recipe);
  const Handle how(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const unsigned layout = recipe.byte() % 4;
  if (layout == 1) H5Pset_layout(how.id(), H5D_COMPACT);
  if (layout >= 2) {
    const std::vector<hsize_t> chunk(static_cast<std::size_t>(std::max(1, H5Sget_simple_extent_ndims(shape.id()))), 1);
    H5Pset_chunk(how.id(), static_cast<int>(chunk.size()), chunk.data());
    if (layout == 3) H5Pset_fletcher32(how.id());
  }
  const Handle made(H5Dcreate2(file, where.c_str(), of.id(), shape.id(), H5P_DEFAULT, how.id(), H5P_DEFAULT), H5Dclose);
  if (made.id() < 0) return;
  const auto values = content(recipe, of.id(), shape.id());
  if (!values.empty()) H5Dwrite(made.id(), of.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
}

void put_text(hid_t file, NamedRecipe& recipe) {
  const auto where = recipe.path();
  remove(file, where);
  const Texts texts(recipe);
  const Handle made(H5Dcreate2(file, where.c_str(), texts.type(), texts.space(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                    H5Dclose);
  if (made.id() >= 0) H5Dwrite(made.id(), texts.type(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data());
}

void put_link(hid_t file, NamedRecipe& recipe) {
  const auto where = recipe.path();
  const auto target = recipe.path();
  const unsigned kind = recipe.byte() % 4;
  remove(file, where);
  if (kind == 0) H5Lcreate_soft(target.c_str(), file, where.c_str(), H5P_DEFAULT, H5P_DEFAULT);
  if (kind == 1) H5Lcreate_hard(file, target.c_str(), file, where.c_str(), H5P_DEFAULT, H5P_DEFAULT);
  if (kind == 2) H5Lcreate_external("no-such-file.h5", target.c_str(), file, where.c_str(), H5P_DEFAULT, H5P_DEFAULT);
  if (kind == 3) H5Lmove(file, target.c_str(), file, where.c_str(), H5P_DEFAULT, H5P_DEFAULT);
}

void put_attribute(hid_t file, NamedRecipe& recipe) {
  const Handle object(H5Oopen(file, recipe.path().c_str(), H5P_DEFAULT), H5Oclose);
  if (object.id() < 0) return;
  const auto name = recipe.attribute();
  H5Adelete(object.id(), name.c_str());
  const unsigned kind = recipe.byte() % 4;
  if (kind == 0) return;
  if (kind == 1) {
    const Texts texts(recipe);
    const Handle made(H5Acreate2(object.id(), name.c_str(), texts.type(), texts.space(), H5P_DEFAULT, H5P_DEFAULT),
                      H5Aclose);
    if (made.id() >= 0) H5Awrite(made.id(), texts.type(), texts.data());
    return;
  }
  const Handle of = type(recipe);
  const Handle shape = kind == 3 ? space(recipe) : Handle(H5Screate(H5S_SCALAR), H5Sclose);
  const Handle made(H5Acreate2(object.id(), name.c_str(), of.id(), shape.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  if (made.id() < 0) return;
  const auto values = content(recipe, of.id(), shape.id());
  if (!values.empty()) H5Awrite(made.id(), of.id(), values.data());
}

void edit(hid_t file, NamedRecipe& recipe) {
  switch (recipe.byte() % 8) {
    case 0:
      remove(file, recipe.path());
      break;
    case 1:
    case 2:
      put_array(file, recipe);
      break;
    case 3:
      put_text(file, recipe);
      break;
    case 4: {
      const auto where = recipe.path();
      remove(file, where);
      const Handle made(H5Gcreate2(file, where.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
      break;
    }
    case 5:
      put_link(file, recipe);
      break;
    case 6: {
      const auto where = recipe.path();
      remove(file, where);
      const Handle of = type(recipe);
      H5Tcommit2(file, where.c_str(), of.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      break;
    }
    default:
      put_attribute(file, recipe);
      break;
  }
}

}  // namespace

void edit(const std::string& path, NamedRecipe& recipe) {
  static const io::Trusting trusting(true);  // the readers themselves are what is fuzzed, in this process
  if (recipe.empty()) return;
  const Handle opened(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
  require(opened.id() >= 0, "the whole file is not opened");
  constexpr int most = 8;
  for (int i = 0; i < most && !recipe.empty(); ++i) edit(opened.id(), recipe);
}

}  // namespace vireo::fuzz
