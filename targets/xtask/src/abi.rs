//! The binary interfaces an archive is made for. A new one is one line in [`ABIS`].

use clap::ValueEnum;

/// One binary interface: what rustc and gcc call it.
pub(crate) struct Abi {
    /// Our name, also the folder under `dist`.
    pub(crate) name: &'static str,
    pub(crate) target: &'static str,
    /// `-C target-cpu`, where the target alone is not enough.
    pub(crate) cpu: Option<&'static str>,
    /// Flags for arm-none-eabi-gcc.
    pub(crate) gcc: &'static [&'static str],
    /// Cores (see `qemu`) on which a C program linked with this archive is run.
    pub(crate) cores: &'static [&'static str],
}

pub(crate) const ABIS: &[Abi] = &[
    Abi {
        name: "v6m",
        target: "thumbv6m-none-eabi",
        cpu: None,
        gcc: &["-mcpu=cortex-m0", "-mthumb", "-mfloat-abi=soft"],
        cores: &["m0-mps2"],
    },
    Abi {
        name: "v7m",
        target: "thumbv7m-none-eabi",
        cpu: None,
        gcc: &["-mcpu=cortex-m3", "-mthumb", "-mfloat-abi=soft"],
        cores: &["m3"],
    },
    Abi {
        name: "v7em-sf",
        target: "thumbv7em-none-eabi",
        cpu: Some("cortex-m4"),
        gcc: &["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=softfp", "-mfpu=fpv4-sp-d16"],
        cores: &["m4f-softfp"],
    },
    Abi {
        name: "v7em-hf",
        target: "thumbv7em-none-eabihf",
        cpu: None,
        gcc: &["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"],
        cores: &["m4f", "m7"],
    },
    Abi {
        name: "v8m-hf",
        target: "thumbv8m.main-none-eabihf",
        cpu: Some("cortex-m33"),
        gcc: &["-mcpu=cortex-m33", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv5-sp-d16"],
        cores: &["m33"],
    },
];

/// Code of the Cortex-M55's own, for firmware: C programs link `v8m-hf` there.
pub(crate) const HELIUM: Abi = Abi {
    name: "v81m-hf",
    target: "thumbv8m.main-none-eabihf",
    cpu: Some("cortex-m55"),
    gcc: &["-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard"],
    cores: &[],
};

/// An archive somebody asked for on the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Choice {
    V6m,
    V7m,
    V7emSf,
    V7emHf,
    V8mHf,
    Host,
}

impl Choice {
    /// `None` for the host.
    pub(crate) fn abi(self) -> Option<&'static Abi> {
        match self {
            Self::V6m => ABIS.first(),
            Self::V7m => ABIS.get(1),
            Self::V7emSf => ABIS.get(2),
            Self::V7emHf => ABIS.get(3),
            Self::V8mHf => ABIS.get(4),
            Self::Host => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_abi_can_be_chosen_by_its_name() {
        let names = Choice::value_variants().iter().filter_map(|choice| Some((choice, choice.abi()?)));
        let mut count = 0;
        for (choice, abi) in names {
            assert_eq!(choice.to_possible_value().expect("no variant is hidden").get_name(), abi.name);
            count += 1;
        }
        assert_eq!(count, ABIS.len());
    }
}
