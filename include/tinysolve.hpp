// tinysolve for C++17: the C interface with types, sizes that the compiler knows, and no heap, exception or virtual call.
//
// A system is an operator over the caller's arrays, a solver that owns its workspace in a std::array, and vectors of
// exactly n elements. Every function answers a Status; nothing is written when it refuses.
//
//   tinysolve::Csr<std::uint16_t, float, n, nonzeros> a;            // or Stencil, Dense, Function, ...
//   if (auto status = a.init(row_starts, columns, values); !status) { return status.kind(); }
//   static tinysolve::Sor<float, n> sor;                   // object and workspace
//   if (auto status = sor.init(a, b, x); !status) { ... }
//   if (sor.run(a, b, x).converged()) { ... }
#ifndef TINYSOLVE_HPP
#define TINYSOLVE_HPP

#include "tinysolve.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#if __cplusplus < 201703L
#error "tinysolve.hpp needs C++17; tinysolve.h does not"
#endif

namespace tinysolve {

/// What a call answered: an outcome, or a refusal with kind, field and index.
class [[nodiscard]] Status {
public:
    constexpr Status(ts_status_t value) noexcept : value_(value) {}
    /// Not refused.
    constexpr explicit operator bool() const noexcept { return value_ >= 0; }
    constexpr bool converged() const noexcept { return value_ == TS_STEP_CONVERGED; }
    constexpr bool running() const noexcept { return value_ == TS_STEP_RUNNING; }
    constexpr bool interrupted() const noexcept { return value_ == TS_STEP_INTERRUPTED; }
    /// `TS_STEP_...`, or negative.
    constexpr ts_status_t value() const noexcept { return value_; }
    /// `TS_ERROR_...`; 0 if not refused.
    constexpr std::uint32_t kind() const noexcept { return value_ < 0 ? TS_ERROR_KIND(value_) : 0; }
    /// `TS_FIELD_...`; 0 if not refused.
    constexpr std::uint32_t field() const noexcept { return value_ < 0 ? TS_ERROR_FIELD(value_) : 0; }
    constexpr std::uint32_t index() const noexcept { return value_ < 0 ? TS_ERROR_INDEX(value_) : 0; }

private:
    ts_status_t value_;
};

/// Whether header and library belong together and the processor computes as the library assumes.
inline bool usable() noexcept { return ts_version() == TS_VERSION && ts_abi_version() == TS_ABI_VERSION && ts_fpenv_ok() == 1; }

template <typename Real, std::size_t n>
using Vector = std::array<Real, n>;

namespace detail {

/// The C functions of one precision under one name.
template <typename Real>
struct C;

#define TINYSOLVE_HPP_PRECISION(Real, prefix)                                                                          \
    template <>                                                                                                        \
    struct C<Real> {                                                                                                   \
        using operator_t = prefix##operator_t;                                                                         \
        using preconditioner_t = prefix##preconditioner_t;                                                             \
        using apply_t = prefix##apply_t;                                                                               \
        using go_on_t = prefix##go_on_t;                                                                               \
        using report_t = prefix##report_t;                                                                             \
        using sor_t = prefix##sor_t;                                                                                   \
        using sor_config_t = prefix##sor_config_t;                                                                     \
        using cg_t = prefix##cg_t;                                                                                     \
        using cg_config_t = prefix##cg_config_t;                                                                       \
        using pcg_t = prefix##pcg_t;                                                                                   \
        using ssor_cg_t = prefix##ssor_cg_t;                                                                           \
        using ssor_cg_config_t = prefix##ssor_cg_config_t;                                                             \
        static constexpr auto csr16_init = &prefix##csr16_init;                                                        \
        static constexpr auto csr32_init = &prefix##csr32_init;                                                        \
        static constexpr auto plane_init = &prefix##plane_init;                                                        \
        static constexpr auto stencil_init = &prefix##stencil_init;                                                    \
        static constexpr auto variable_stencil_init = &prefix##variable_stencil_init;                                  \
        static constexpr auto dense_init = &prefix##dense_init;                                                        \
        static constexpr auto function_operator_init = &prefix##function_operator_init;                                \
        static constexpr auto ssor_preconditioner_init = &prefix##ssor_preconditioner_init;                            \
        static constexpr auto function_preconditioner_init = &prefix##function_preconditioner_init;                    \
        static constexpr auto sor_config_default = &prefix##sor_config_default;                                        \
        static constexpr auto sor_init = &prefix##sor_init;                                                            \
        static constexpr auto sor_step = &prefix##sor_step;                                                            \
        static constexpr auto sor_run = &prefix##sor_run;                                                              \
        static constexpr auto sor_run_while = &prefix##sor_run_while;                                                  \
        static constexpr auto sor_report = &prefix##sor_report;                                                        \
        static constexpr auto cg_config_default = &prefix##cg_config_default;                                          \
        static constexpr auto cg_init = &prefix##cg_init;                                                              \
        static constexpr auto cg_step = &prefix##cg_step;                                                              \
        static constexpr auto cg_run = &prefix##cg_run;                                                                \
        static constexpr auto cg_run_while = &prefix##cg_run_while;                                                    \
        static constexpr auto cg_report = &prefix##cg_report;                                                          \
        static constexpr auto pcg_init = &prefix##pcg_init;                                                            \
        static constexpr auto pcg_step = &prefix##pcg_step;                                                            \
        static constexpr auto pcg_run = &prefix##pcg_run;                                                              \
        static constexpr auto pcg_run_while = &prefix##pcg_run_while;                                                  \
        static constexpr auto pcg_report = &prefix##pcg_report;                                                        \
        static constexpr auto ssor_cg_config_default = &prefix##ssor_cg_config_default;                                \
        static constexpr auto ssor_cg_init = &prefix##ssor_cg_init;                                                    \
        static constexpr auto ssor_cg_step = &prefix##ssor_cg_step;                                                    \
        static constexpr auto ssor_cg_run = &prefix##ssor_cg_run;                                                      \
        static constexpr auto ssor_cg_run_while = &prefix##ssor_cg_run_while;                                          \
        static constexpr auto ssor_cg_report = &prefix##ssor_cg_report;                                                \
    };

TINYSOLVE_HPP_PRECISION(float, ts_)
#if defined(TINYSOLVE_F64)
TINYSOLVE_HPP_PRECISION(double, ts_f64_)
#endif
#undef TINYSOLVE_HPP_PRECISION

/// A C function that asks a C++ callable of type F.
template <typename Real, typename F>
std::int32_t ask(void *context, const typename C<Real>::report_t *report) {
    return (*static_cast<F *>(context))(*report) ? 1 : 0;
}

/// A C function that applies a C++ callable of type F.
template <typename Real, typename F>
void apply(void *context, const Real *x, Real *y, std::uint32_t n) {
    (*static_cast<F *>(context))(x, y, n);
}

} // namespace detail

/// Any operator of dimension n: it refers to arrays of the caller's, which must stay where they are. Not to be copied
/// while a preconditioner refers to it.
template <typename Real, std::size_t n>
class Operator {
public:
    const typename detail::C<Real>::operator_t *get() const noexcept { return &descriptor_; }
    static constexpr std::size_t dim = n;
    /// Elements of workspace that hold omega / d_i.
    static constexpr std::size_t scaling_len = n;

protected:
    static_assert(n <= UINT32_MAX, "dimensions are 32-bit numbers");
    typename detail::C<Real>::operator_t descriptor_{};
};

/// A sparse matrix by rows, with 16-bit or 32-bit indices.
template <typename Index, typename Real, std::size_t n, std::size_t nonzeros>
class Csr : public Operator<Real, n> {
public:
    static_assert(sizeof(Index) == 2 || sizeof(Index) == 4, "indices are std::uint16_t or std::uint32_t");
    Status init(const std::array<Index, n + 1> &row_starts, const std::array<Index, nonzeros> &columns,
                const std::array<Real, nonzeros> &values) noexcept {
        if constexpr (sizeof(Index) == 2) {
            return detail::C<Real>::csr16_init(&this->descriptor_, n, row_starts.data(), nonzeros, columns.data(),
                                               values.data());
        } else {
            return detail::C<Real>::csr32_init(&this->descriptor_, n, row_starts.data(), nonzeros, columns.data(),
                                               values.data());
        }
    }
};

/// The 5-point operator with constant coefficients and without a mask: a Stencil that takes less flash.
template <typename Real, std::size_t nx, std::size_t ny = 1>
class Plane : public Operator<Real, nx * ny> {
public:
    static constexpr std::size_t scaling_len = 0;
    Status init(Real centre, Real along, Real across) noexcept {
        return detail::C<Real>::plane_init(&this->descriptor_, nx, ny, centre, along, across);
    }
};

/// The 3-, 5- or 7-point operator with constant coefficients.
template <typename Real, std::size_t nx, std::size_t ny = 1, std::size_t nz = 1>
class Stencil : public Operator<Real, nx * ny * nz> {
public:
    static constexpr std::size_t scaling_len = 0;
    /// `coupling` along x, y and z. A mask, if given, has one byte a cell, 0 where x is prescribed.
    Status init(Real centre, const std::array<Real, 3> &coupling,
                const std::array<std::uint8_t, nx * ny * nz> *mask = nullptr) noexcept {
        return detail::C<Real>::stencil_init(&this->descriptor_, nx, ny, nz, centre, coupling.data(),
                                             mask == nullptr ? nullptr : mask->data());
    }
};

/// A dense matrix, rows one after the other.
template <typename Real, std::size_t n>
class Dense : public Operator<Real, n> {
public:
    Status init(const std::array<Real, n * n> &values) noexcept {
        return detail::C<Real>::dense_init(&this->descriptor_, n, values.data(), n, 1);
    }
};

/// A matrix-free operator: a callable (const Real *x, Real *y, uint32_t n), for conjugate gradients. It must outlive the
/// operator.
template <typename Real, std::size_t n>
class Function : public Operator<Real, n> {
public:
    template <typename F>
    Status init(F &apply) noexcept {
        return detail::C<Real>::function_operator_init(&this->descriptor_, n, &detail::apply<Real, F>, &apply);
    }
};

/// A preconditioner of dimension n.
template <typename Real, std::size_t n>
class Preconditioner {
public:
    /// SSOR of an operator; owns what it needs beside it.
    Status init_ssor(const Operator<Real, n> &a, Real omega) noexcept {
        return detail::C<Real>::ssor_preconditioner_init(&descriptor_, a.get(), omega, scaling_.data(), n);
    }
    /// A callable (const Real *r, Real *z, uint32_t n), which must outlive the preconditioner.
    template <typename F>
    Status init(F &apply) noexcept {
        return detail::C<Real>::function_preconditioner_init(&descriptor_, n, &detail::apply<Real, F>, &apply);
    }
    const typename detail::C<Real>::preconditioner_t *get() const noexcept { return &descriptor_; }

    Preconditioner() = default;
    // The descriptor points into the object.
    Preconditioner(const Preconditioner &) = delete;
    Preconditioner &operator=(const Preconditioner &) = delete;

private:
    typename detail::C<Real>::preconditioner_t descriptor_{};
    Vector<Real, n> scaling_{};
};

/// Successive over-relaxation. `scaling_len` is n, or 0 for a Stencil: `Sor<float, n, decltype(a)::scaling_len>`.
/// Copying it with x is copying the solve.
template <typename Real, std::size_t n, std::size_t scaling_len = n, bool keep_best = false>
class Sor {
    using C = detail::C<Real>;

public:
    using Config = typename C::sor_config_t;
    using Report = typename C::report_t;

    static Config config() noexcept {
        Config config{};
        (void)C::sor_config_default(&config);
        config.keep_best = keep_best ? 1 : 0;
        return config;
    }
    Status init(const Operator<Real, n> &a, const Vector<Real, n> &b, Vector<Real, n> &x,
                Config config = Sor::config()) noexcept {
        config.keep_best = keep_best ? 1 : 0;
        return C::sor_init(&object_, a.get(), b.data(), x.data(), workspace_.data(), workspace_.size(), &config);
    }
    Status step(const Operator<Real, n> &a, const Vector<Real, n> &b, Vector<Real, n> &x) noexcept {
        return C::sor_step(&object_, a.get(), b.data(), x.data(), workspace_.data(), workspace_.size());
    }
    Status run(const Operator<Real, n> &a, const Vector<Real, n> &b, Vector<Real, n> &x) noexcept {
        return C::sor_run(&object_, a.get(), b.data(), x.data(), workspace_.data(), workspace_.size());
    }
    /// Goes on as long as `go_on(report)` is true.
    template <typename F>
    Status run_while(const Operator<Real, n> &a, const Vector<Real, n> &b, Vector<Real, n> &x, F &&go_on) noexcept {
        using Callable = std::remove_reference_t<F>;
        return C::sor_run_while(&object_, a.get(), b.data(), x.data(), workspace_.data(), workspace_.size(),
                                &detail::ask<Real, Callable>, &go_on);
    }
    Status report(Report &out) const noexcept { return C::sor_report(&object_, &out); }

private:
    typename C::sor_t object_{};
    Vector<Real, TS_SOR_WORKSPACE_LEN(n, scaling_len, keep_best)> workspace_{};
};

/// Conjugate gradients, for symmetric positive definite operators. Copying it with x is copying the solve.
template <typename Real, std::size_t n, bool keep_best = false>
class Cg {
    using C = detail::C<Real>;

public:
    using Config = typename C::cg_config_t;
    using Report = typename C::report_t;

    static Config config() noexcept {
        Config config{};
        (void)C::cg_config_default(&config);
        config.keep_best = keep_best ? 1 : 0;
        return config;
    }
    Status init(const Operator<Real, n> &a, const Vector<Real, n> &b, Vector<Real, n> &x,
                Config config = Cg::config()) noexcept {
        config.keep_best = keep_best ? 1 : 0;
        return C::cg_init(&object_, a.get(), b.data(), x.data(), workspace_.data(), workspace_.size(), &config);
    }
    Status step(const Operator<Real, n> &a, const Vector<Real, n> &b, Vector<Real, n> &x) noexcept {
        return C::cg_step(&object_, a.get(), b.data(), x.data(), workspace_.data(), workspace_.size());
    }
    Status run(const Operator<Real, n> &a, const Vector<Real, n> &b, Vector<Real, n> &x) noexcept {
        return C::cg_run(&object_, a.get(), b.data(), x.data(), workspace_.data(), workspace_.size());
    }
    /// Goes on as long as `go_on(report)` is true.
    template <typename F>
    Status run_while(const Operator<Real, n> &a, const Vector<Real, n> &b, Vector<Real, n> &x, F &&go_on) noexcept {
        using Callable = std::remove_reference_t<F>;
        return C::cg_run_while(&object_, a.get(), b.data(), x.data(), workspace_.data(), workspace_.size(),
                                &detail::ask<Real, Callable>, &go_on);
    }
    Status report(Report &out) const noexcept { return C::cg_report(&object_, &out); }

private:
    typename C::cg_t object_{};
    Vector<Real, TS_CG_WORKSPACE_LEN(n, keep_best)> workspace_{};
};

/// Conjugate gradients with SSOR folded in. `scaling_len` as for Sor. Copying it with x is copying the solve.
template <typename Real, std::size_t n, std::size_t scaling_len = n, bool keep_best = false>
class SsorCg {
    using C = detail::C<Real>;

public:
    using Config = typename C::ssor_cg_config_t;
    using Report = typename C::report_t;

    static Config config() noexcept {
        Config config{};
        (void)C::ssor_cg_config_default(&config);
        config.keep_best = keep_best ? 1 : 0;
        return config;
    }
    Status init(const Operator<Real, n> &a, const Vector<Real, n> &b, Vector<Real, n> &x,
                Config config = SsorCg::config()) noexcept {
        config.keep_best = keep_best ? 1 : 0;
        return C::ssor_cg_init(&object_, a.get(), b.data(), x.data(), workspace_.data(), workspace_.size(), &config);
    }
    Status step(const Operator<Real, n> &a, const Vector<Real, n> &b, Vector<Real, n> &x) noexcept {
        return C::ssor_cg_step(&object_, a.get(), b.data(), x.data(), workspace_.data(), workspace_.size());
    }
    Status run(const Operator<Real, n> &a, const Vector<Real, n> &b, Vector<Real, n> &x) noexcept {
        return C::ssor_cg_run(&object_, a.get(), b.data(), x.data(), workspace_.data(), workspace_.size());
    }
    /// Goes on as long as `go_on(report)` is true.
    template <typename F>
    Status run_while(const Operator<Real, n> &a, const Vector<Real, n> &b, Vector<Real, n> &x, F &&go_on) noexcept {
        using Callable = std::remove_reference_t<F>;
        return C::ssor_cg_run_while(&object_, a.get(), b.data(), x.data(), workspace_.data(), workspace_.size(),
                                &detail::ask<Real, Callable>, &go_on);
    }
    Status report(Report &out) const noexcept { return C::ssor_cg_report(&object_, &out); }

private:
    typename C::ssor_cg_t object_{};
    Vector<Real, TS_SSOR_CG_WORKSPACE_LEN(n, scaling_len, keep_best)> workspace_{};
};

/// Conjugate gradients with a preconditioner. Copying it with x is copying the solve.
template <typename Real, std::size_t n, bool keep_best = false>
class Pcg {
    using C = detail::C<Real>;

public:
    using Config = typename C::cg_config_t;
    using Report = typename C::report_t;

    static Config config() noexcept {
        Config config{};
        (void)C::cg_config_default(&config);
        config.keep_best = keep_best ? 1 : 0;
        return config;
    }
    Status init(const Operator<Real, n> &a, const Preconditioner<Real, n> &m, const Vector<Real, n> &b, Vector<Real, n> &x,
                Config config = Pcg::config()) noexcept {
        config.keep_best = keep_best ? 1 : 0;
        return C::pcg_init(&object_, a.get(), m.get(), b.data(), x.data(), workspace_.data(), workspace_.size(), &config);
    }
    Status step(const Operator<Real, n> &a, const Preconditioner<Real, n> &m, const Vector<Real, n> &b, Vector<Real, n> &x) noexcept {
        return C::pcg_step(&object_, a.get(), m.get(), b.data(), x.data(), workspace_.data(), workspace_.size());
    }
    Status run(const Operator<Real, n> &a, const Preconditioner<Real, n> &m, const Vector<Real, n> &b, Vector<Real, n> &x) noexcept {
        return C::pcg_run(&object_, a.get(), m.get(), b.data(), x.data(), workspace_.data(), workspace_.size());
    }
    /// Goes on as long as `go_on(report)` is true.
    template <typename F>
    Status run_while(const Operator<Real, n> &a, const Preconditioner<Real, n> &m, const Vector<Real, n> &b, Vector<Real, n> &x, F &&go_on) noexcept {
        using Callable = std::remove_reference_t<F>;
        return C::pcg_run_while(&object_, a.get(), m.get(), b.data(), x.data(), workspace_.data(), workspace_.size(),
                                &detail::ask<Real, Callable>, &go_on);
    }
    Status report(Report &out) const noexcept { return C::pcg_report(&object_, &out); }

private:
    typename C::pcg_t object_{};
    Vector<Real, TS_PCG_WORKSPACE_LEN(n, keep_best)> workspace_{};
};

/// Tsallis-INF with its memory: learns the cheapest arm. Copying it is copying what it knows.
template <std::size_t arms>
class TsallisInf {
public:
    using Config = ts_tsallis_inf_config_t;

    static Config config() noexcept {
        Config config{};
        (void)ts_tsallis_inf_config_default(&config);
        return config;
    }
    Status init(const Config &config = TsallisInf::config()) noexcept {
        return ts_tsallis_inf_init(&object_, arms, memory_.data(), memory_.size(), &config);
    }
    Status select(std::uint32_t &arm) noexcept {
        return ts_tsallis_inf_select(&object_, memory_.data(), memory_.size(), &arm);
    }
    Status update(float cost) noexcept {
        return ts_tsallis_inf_update(&object_, memory_.data(), memory_.size(), cost);
    }

private:
    ts_tsallis_inf_t object_{};
    std::array<float, TS_TSALLIS_INF_MEMORY_LEN(arms)> memory_{};
};

/// ChebCB with its memory: learns the cheapest arm for each context. Copying it is copying what it knows.
template <std::size_t arms>
class ChebCb {
public:
    using Config = ts_cheb_cb_config_t;

    static Config config() noexcept {
        Config config{};
        (void)ts_cheb_cb_config_default(&config);
        return config;
    }
    Status init(const Config &config = ChebCb::config()) noexcept {
        return ts_cheb_cb_init(&object_, arms, memory_.data(), memory_.size(), &config);
    }
    Status select(float context, std::uint32_t &arm) noexcept {
        return ts_cheb_cb_select(&object_, memory_.data(), memory_.size(), context, &arm);
    }
    Status update(float cost) noexcept { return ts_cheb_cb_update(&object_, memory_.data(), memory_.size(), cost); }

private:
    ts_cheb_cb_t object_{};
    std::array<float, TS_CHEB_CB_MEMORY_LEN(arms)> memory_{};
};

} // namespace tinysolve

#endif // TINYSOLVE_HPP
