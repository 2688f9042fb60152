// Needs c++17: the wrapper tinysolve.hpp.
#include "tinysolve.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace ts = tinysolve;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                       \
            std::exit(1);                                                                                              \
        }                                                                                                              \
    } while (false)

namespace {

constexpr std::size_t n = 40;
constexpr std::size_t nonzeros = 3 * n - 2;

template <typename Real>
struct Rod {
    std::array<std::uint16_t, n + 1> starts{};
    std::array<std::uint16_t, nonzeros> columns{};
    std::array<Real, nonzeros> values{};
    std::array<Real, n * n> dense{};
    ts::Vector<Real, n> b{};

    Rod() {
        std::size_t entry = 0;
        for (std::size_t row = 0; row < n; row++) {
            for (std::size_t column = row == 0 ? 0 : row - 1; column < n && column <= row + 1; column++) {
                columns[entry] = static_cast<std::uint16_t>(column);
                values[entry] = column == row ? Real(2.5) : Real(-1);
                dense[row * n + column] = values[entry];
                entry++;
            }
            starts[row + 1] = static_cast<std::uint16_t>(entry);
            b[row] = Real(row % 7) - Real(3);
        }
        CHECK(entry == nonzeros);
    }
};

template <typename Real>
bool close(const ts::Vector<Real, n> &x, const ts::Vector<Real, n> &y, double tolerance) {
    for (std::size_t k = 0; k < n; k++) {
        const double distance = static_cast<double>(x[k]) - static_cast<double>(y[k]);
        if (distance > tolerance || distance < -tolerance) {
            return false;
        }
    }
    return true;
}

template <typename Real>
void solve(double tolerance) {
    const Rod<Real> rod;
    ts::Csr<std::uint16_t, Real, n, nonzeros> csr;
    ts::Stencil<Real, n> stencil;
    ts::Plane<Real, n> plane;
    ts::Dense<Real, n> dense;
    ts::Function<Real, n> function;
    std::uint32_t products = 0;
    auto apply = [&products](const Real *x, Real *y, std::uint32_t count) {
        products++;
        for (std::uint32_t k = 0; k < count; k++) {
            y[k] = Real(2.5) * x[k] - (k > 0 ? x[k - 1] : Real(0)) - (k + 1 < count ? x[k + 1] : Real(0));
        }
    };
    CHECK(csr.init(rod.starts, rod.columns, rod.values));
    CHECK(stencil.init(Real(2.5), {Real(-1), Real(0), Real(0)}));
    CHECK(plane.init(Real(2.5), Real(-1), Real(0)));
    CHECK(dense.init(rod.dense));
    CHECK(function.init(apply));

    ts::Vector<Real, n> reference{};
    ts::Sor<Real, n> sor;
    CHECK(sor.init(csr, rod.b, reference));
    CHECK(sor.run(csr, rod.b, reference).converged());
    {
        // The same bits by a plane as by a stencil.
        ts::Vector<Real, n> x{};
        ts::Vector<Real, n> y{};
        ts::Sor<Real, n, 0> one;
        CHECK(one.init(plane, rod.b, x) && one.run(plane, rod.b, x).converged());
        CHECK(one.init(stencil, rod.b, y) && one.run(stencil, rod.b, y).converged());
        CHECK(x == y && close<Real>(x, reference, tolerance));
    }

    {
        ts::Vector<Real, n> x{};
        ts::Sor<Real, n, ts::Stencil<Real, n>::scaling_len, true> other;
        static_assert(sizeof other < sizeof sor + n * sizeof(Real), "a constant stencil needs no scaling");
        CHECK(other.init(stencil, rod.b, x));
        std::uint32_t asked = 0;
        auto three_times = [&asked](const auto &report) {
            CHECK(report.step == TS_STEP_RUNNING);
            return ++asked % 3 != 0;
        };
        ts::Status status = other.run_while(stencil, rod.b, x, three_times);
        while (status.interrupted()) {
            // The solve moves: a copy goes on.
            const auto moved = other;
            other = moved;
            status = other.run_while(stencil, rod.b, x, three_times);
        }
        CHECK(status.converged() && asked > 6);
        CHECK(close<Real>(x, reference, tolerance));
        typename decltype(other)::Report report;
        CHECK(other.report(report));
        CHECK(report.step == TS_STEP_CONVERGED && report.residual <= report.target);
    }
    {
        ts::Vector<Real, n> x{};
        ts::Cg<Real, n> cg;
        CHECK(cg.init(function, rod.b, x));
        CHECK(cg.run(function, rod.b, x).converged());
        CHECK(close<Real>(x, reference, tolerance) && products > 5);
    }
    {
        ts::Vector<Real, n> x{};
        ts::SsorCg<Real, n> cg;
        auto config = decltype(cg)::config();
        config.omega = Real(1.2);
        CHECK(cg.init(dense, rod.b, x, config));
        ts::Status status = TS_OK;
        while ((status = cg.step(dense, rod.b, x)).running()) {
        }
        CHECK(status.converged() && close<Real>(x, reference, tolerance));
    }
    {
        ts::Vector<Real, n> x{};
        ts::Preconditioner<Real, n> m;
        ts::Pcg<Real, n> cg;
        CHECK(m.init_ssor(csr, Real(1.2)));
        CHECK(cg.init(csr, m, rod.b, x));
        CHECK(cg.run(csr, m, rod.b, x).converged() && close<Real>(x, reference, tolerance));
        auto jacobi = [](const Real *r, Real *z, std::uint32_t count) {
            for (std::uint32_t k = 0; k < count; k++) {
                z[k] = r[k] / Real(2.5);
            }
        };
        x = {};
        CHECK(m.init(jacobi));
        CHECK(cg.init(csr, m, rod.b, x));
        CHECK(cg.run(csr, m, rod.b, x).converged() && close<Real>(x, reference, tolerance));
    }
    {
        // Refusals say what, with what, and where.
        ts::Vector<Real, n> x{};
        Rod<Real> wrong;
        wrong.columns[9] = n;
        const ts::Status status = ts::Csr<std::uint16_t, Real, n, nonzeros>().init(wrong.starts, wrong.columns, wrong.values);
        CHECK(!status && status.kind() == TS_ERROR_OUT_OF_RANGE && status.field() == TS_FIELD_COLUMNS);
        CHECK(status.index() == 9);
        ts::Sor<Real, n> idle;
        const ts::Status uninitialised = idle.step(csr, rod.b, x);
        CHECK(!uninitialised && uninitialised.kind() == TS_ERROR_UNINITIALISED);
        CHECK(ts::Status(TS_OK) && ts::Status(TS_OK).kind() == 0);
    }
}

void learn() {
    ts::TsallisInf<5> tsallis;
    ts::ChebCb<5> cheb;
    std::uint32_t hits[2] = {0, 0};
    CHECK(tsallis.init());
    CHECK(cheb.init());
    for (int round = 0; round < 3000; round++) {
        std::uint32_t arm = 99;
        CHECK(tsallis.select(arm));
        hits[0] += round >= 2000 && arm == 2 ? 1u : 0u;
        CHECK(tsallis.update(arm == 2 ? 10.0f : 20.0f));
        CHECK(cheb.select(0.3f, arm));
        hits[1] += round >= 2000 && arm == 2 ? 1u : 0u;
        CHECK(cheb.update(arm == 2 ? 10.0f : 20.0f));
    }
    CHECK(hits[0] > 700 && hits[1] > 700);
}

} // namespace

int main() {
    CHECK(ts::usable());
    solve<float>(1e-3);
    solve<double>(1e-3);
    learn();
    return 0;
}
