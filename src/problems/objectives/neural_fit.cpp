#include <algorithm>
#include <limits>
#include <memory>

#include "problems/objectives/network_loss.hpp"
#include "problems/rows/all_rows.hpp"
#include "problems/rows/logistic_labels.hpp"
#include "vireo/exchange/exchange.hpp"
#include "vireo/problems/objective.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {
namespace {

/// A worker's loss above this, or without a value, drops the particle everywhere: it is sent as the other number, which
/// no mean over less than 10^8 workers can hide.
constexpr double largest_loss = 1e290;
constexpr double no_loss = 1e300;

/// f(w) = (1/M) sum_m f_m(w) + lambda/2 |w|^2, f_m the mean loss of worker m's rows, times M n_m / n. One pass over a
/// worker's rows serves 64 particles.
///
/// Data on the ranks of their workers: all ranks evaluate all particles on their own rows, and the exchange adds up one
/// number for each particle, once. All data on all ranks: each rank evaluates its own particles, and adds up the
/// workers' in order.
class NeuralFit final : public AnyProblem, public Objective {
 public:
  NeuralFit(SparseData data, NetworkShape shape, double lambda, bool everywhere, Communicator& comm)
      : AnyProblem(data.layout),
        shape_(shape),
        rows_(data.rows),
        row_weight_(data.row_weight()),
        lambda_(lambda),
        everywhere_(everywhere),
        first_worker_(everywhere ? 0 : data.workers.begin),
        fingerprint_(data.fingerprint),
        comm_(comm),
        rows_of_worker_(everywhere ? all_rows(comm, data) : std::move(data.rows_of_worker)) {}

  [[nodiscard]] Index dimension() const override { return shape_.weights(); }
  [[nodiscard]] Index components() const override { return rows_; }
  [[nodiscard]] const Objective* objective() const override { return this; }
  [[nodiscard]] bool together() const override { return !everywhere_; }
  [[nodiscard]] std::pair<double, double> start_range() const override { return {-1.0, 1.0}; }
  [[nodiscard]] std::string fingerprint() const override { return fingerprint_; }
  [[nodiscard]] std::vector<std::string> remarks() const override {
    return {"the residual is the loss itself, whose smallest value is not known",
            everywhere_ ? "all data on every rank" : "data split over the ranks"};
  }
  [[nodiscard]] std::size_t memory_bytes() const override {
    std::size_t bytes = 0;
    for (const auto& rows : rows_of_worker_) bytes += 16 * rows.rows() + 12 * rows.nonzeros();
    return bytes;
  }

  void values(const Points& points, View out) const override {
    if (!everywhere_) {
      Ledger unbooked;
      values_together({1, [&](Index) { return points; }}, out, unbooked);
      return;
    }
    Vector mean(Points::most, 0.0), of_worker(Points::most);
    for (const auto& rows : rows_of_worker_) {
      losses(shape_, rows, points, row_weight_, of_worker);
      for (Index p = 0; p < Points::most; ++p) mean[p] += of_worker[p];
    }
    for (Index p = 0; p < points.size(); ++p) out[p] = mean[p] / static_cast<double>(layout().workers());
    add_squares(points, out);
  }

  void values_together(const PointBlocks& blocks, View out, Ledger& ledger) const override {
    if (everywhere_) {
      Objective::values_together(blocks, out, ledger);
      return;
    }
    Exchange& exchange = exchange_of(out.size());
    exchange.book_to(ledger);
    Sheet sheet(blocks, out.size(), dimension() / 4);
    exchange.mean(
        [&](Index m, View x) {
          if (!sheet.workers.contains(m)) evaluate(m, exchange.workers().end, sheet);
          std::ranges::copy(sheet.of(m), x.begin());
        },
        out);
    for (double& value : out)
      if (value > largest_loss) value = std::numeric_limits<double>::quiet_NaN();
    blocks.for_each([&](const Points& points, Index first) { add_squares(points, out.subspan(first, points.size())); });
  }

 private:
  /// Losses of a few workers at all points: so many that a block of points is read once for them, and so few that they
  /// are at most a quarter as many numbers as the points have.
  struct Sheet {
    Sheet(const PointBlocks& all, Index count, Index most)
        : blocks(all), points(count), most_workers(std::max<Index>(most, 1)) {}
    [[nodiscard]] View of(Index m) { return View(values).subspan((m - workers.begin) * points, points); }

    const PointBlocks& blocks;
    Index points;
    Index most_workers;
    Range workers{};
    Vector values;
  };

  /// The next sheet, from worker m on
  void evaluate(Index m, Index end, Sheet& sheet) const {
    sheet.workers = {m, std::min(m + sheet.most_workers, end)};
    sheet.values.resize(sheet.workers.size() * sheet.points);
    Vector losses_here(Points::most);
    sheet.blocks.for_each([&](const Points& points, Index first) {
      for (Index w = sheet.workers.begin; w < sheet.workers.end; ++w) {
        losses(shape_, rows_of_worker_[w - first_worker_], points, row_weight_, losses_here);
        const View here = sheet.of(w).subspan(first, points.size());
        for (Index p = 0; p < here.size(); ++p) here[p] = losses_here[p] <= largest_loss ? losses_here[p] : no_loss;
      }
    });
  }

  void add_squares(const Points& points, View out) const {
    for (Index p = 0; p < points.size(); ++p) {
      double squares = 0;
      for (Index j = 0; j < points.dimension(); ++j) squares += points.coordinate(j)[p] * points.coordinate(j)[p];
      out[p] += lambda_ / 2 * squares;
    }
  }

  /// That of the values at so many points: one for all particles, and one for the consensus alone
  [[nodiscard]] Exchange& exchange_of(Index points) const {
    auto& exchange = points == 1 ? of_one_ : of_all_;
    if (!exchange || exchange->dimension() != points) exchange = std::make_unique<Exchange>(comm_, layout(), points, 0);
    return *exchange;
  }

  NetworkShape shape_;
  Index rows_;
  double row_weight_;
  double lambda_;
  bool everywhere_;
  Index first_worker_;
  std::string fingerprint_;
  Communicator& comm_;
  mutable std::unique_ptr<Exchange> of_one_, of_all_;
  std::vector<linalg::SparseRows> rows_of_worker_;
};

/// Above this, data are not copied to every rank unless that is asked for.
constexpr double most_copied_entries = 5e6;

}  // namespace

ProblemPlugIn neural_fit() {
  ProblemPlugIn plug;
  plug.name = "neural-fit";
  plug.summary = "a small neural network fitted to a LIBSVM file by values of its loss alone: not convex";
  plug.formula =
      "f(w) = (1/n) sum_i log(1 + exp(-y_i o_i)) + lambda/2 |w|^2,  o_i = c + sum_k v_k tanh(b_k + <W_k, a_i>)";
  plug.reference =
      "Carrillo, Jin, Li, Zhu, A consensus-based global optimization method for high dimensional machine "
      "learning problems, 2021";
  plug.parameters = {Parameter::integer("hidden", "4", "number of hidden units", 1, 100000),
                     Parameter::real("lambda", "1e-4", "weight of |w|^2 / 2", 0, 1e12),
                     Parameter::choice("layout", "auto",
                                       "particles: all data on every rank, particles split; data: the reverse; auto: "
                                       "particles up to 5e6 rows times features",
                                       {"auto", "particles", "data"})};
  for (auto& parameter : sparse_data_parameters()) plug.parameters.push_back(std::move(parameter));
  plug.needs_data = true;
  plug.default_workers = 16;
  plug.make = [](const Parameters& p, const ProblemContext& context) -> ProblemPointer {
    auto data = load_sparse_data(p, context);
    map_two_labels(context.communicator(), data);
    const NetworkShape shape{.features = data.features, .hidden = p.integer("hidden")};
    const bool small = static_cast<double>(data.rows) * static_cast<double>(data.features) <= most_copied_entries;
    const auto& layout = p.text("layout");
    return std::make_unique<NeuralFit>(std::move(data), shape, p.real("lambda"),
                                       layout == "auto" ? small : layout == "particles", context.communicator());
  };
  return plug;
}

}  // namespace vireo::problems
