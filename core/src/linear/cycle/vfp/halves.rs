//! The kernels of the finest level: what is done with four cells of one code, with four, and with one.

use super::quads::Line;

// out = table times sum.
along! {
    red_line,
    codes!(),
    concat!(
        of_one!(),
        "vldr s15, [r12]
        ",
        four_sums!(),
        four_times!("s1", "s2", "s3", "s4"),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        each_of_one!(),
        four_sums!(),
        four_times!(each "s1", "s2", "s3", "s4"),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        one_sum!(),
        "ldrb r12, [r7], #1
        ",
        of_one!(),
        "vldr s2, [r12]
        vmul.f32 s1, s2, s1
        vstmia r10!, {{s1}}"
    )
}

// out = table times own, less the sum, or 0 where there is no unknown.
along! {
    black_line,
    codes!(),
    concat!(
        of_one!(),
        "vldr s15, [r12]
        ",
        four_sums!(),
        "vldmia r8!, {{s5, s6, s7, s8}}
        ",
        four_times!("s5", "s6", "s7", "s8"),
        four_less!(),
        four_masked!(),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        each_of_one!(),
        four_sums!(),
        "vldmia r8!, {{s5, s6, s7, s8}}
        ",
        four_times!(each "s5", "s6", "s7", "s8"),
        four_less!(),
        each_masked!("r12"),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        one_sum!(),
        "ldrb r12, [r7], #1
        ",
        of_one!(),
        "vldr s2, [r12]
        vldmia r8!, {{s3}}
        vmul.f32 s2, s2, s3
        vsub.f32 s1, s2, s1
        ",
        one_masked!(),
        "vstmia r10!, {{s1}}"
    )
}

// out = gate own.
along! {
    start_line,
    codes!(),
    concat!(
        of_three!(),
        "vldr s15, [r12]
        vldmia r8!, {{s1, s2, s3, s4}}
        ",
        four_times!("s1", "s2", "s3", "s4"),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        each_of_three!("0"),
        "vldmia r8!, {{s1, s2, s3, s4}}
        ",
        four_times!(each "s1", "s2", "s3", "s4"),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        "ldrb r12, [r7], #1
        ",
        of_three!(),
        "vldr s2, [r12]
        vldmia r8!, {{s1}}
        vmul.f32 s1, s2, s1
        vstmia r10!, {{s1}}"
    )
}

// out = own where there is an unknown.
along! {
    masked_line,
    codes!(),
    concat!(
        "vldmia r8!, {{s1, s2, s3, s4}}
        tst r12, #7
        ",
        four_masked!(),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        "vldmia r8!, {{s1, s2, s3, s4}}
        ",
        each_masked!("r12"),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        "ldrb r12, [r7], #1
        vldmia r8!, {{s1}}
        tst r12, #7
        ",
        one_masked!(),
        "vstmia r10!, {{s1}}"
    )
}

// out = the sum where the first code has an unknown, and keep of the second one times own.
along! {
    down_line,
    "ldr r3, [r7], #4
    ldr r12, [r1], #4
    cmp r3, r3, ror #8
    it eq
    cmpeq r12, r12, ror #8",
    concat!(
        of_three!(),
        "vldr s15, [r12, #4]
        ",
        four_sums!(),
        "tst r3, #7
        ",
        four_masked!(),
        "vldmia r8!, {{s5, s6, s7, s8}}
        ",
        four_times!("s5", "s6", "s7", "s8"),
        four_more!(),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        each_of_three!("4"),
        four_sums!(),
        each_masked!("r3"),
        "vldmia r8!, {{s5, s6, s7, s8}}
        ",
        four_times!(each "s5", "s6", "s7", "s8"),
        four_more!(),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        one_sum!(),
        "ldrb r12, [r7], #1
        tst r12, #7
        ",
        one_masked!(),
        "ldrb r12, [r1], #1
        ",
        of_three!(),
        "vldr s2, [r12, #4]
        vldmia r8!, {{s3}}
        vmul.f32 s2, s2, s3
        vadd.f32 s1, s1, s2
        vstmia r10!, {{s1}}"
    )
}

/// out = (s5 to s8 + s9 to s12) + s1 to s4.
macro_rules! up_written {
    () => {
        "vadd.f32 s5, s5, s9
        vadd.f32 s6, s6, s10
        vadd.f32 s7, s7, s11
        vadd.f32 s8, s8, s12
        vadd.f32 s1, s5, s1
        vadd.f32 s2, s6, s2
        vadd.f32 s3, s7, s3
        vadd.f32 s4, s8, s4
        vstmia r10!, {{s1, s2, s3, s4}}"
    };
}

// out = (both own + keep more) + gate sum.
along! {
    up_line,
    codes!(),
    concat!(
        of_three!(),
        "vldmia r12, {{s13, s14, s15}}
        ",
        four_sums!(),
        four_times!("s1", "s2", "s3", "s4", "s13", "s13", "s13", "s13"),
        "vldmia r8!, {{s5, s6, s7, s8}}
        ",
        four_times!("s5", "s6", "s7", "s8"),
        "vldmia r2!, {{s9, s10, s11, s12}}
        ",
        four_times!("s9", "s10", "s11", "s12", "s14", "s14", "s14", "s14"),
        up_written!()
    ),
    concat!(
        four_sums!(),
        "vldmia r8!, {{s5, s6, s7, s8}}
        vldmia r2!, {{s9, s10, s11, s12}}
        ",
        up_of!("0", "s1", "s5", "s9"),
        up_of!("8", "s2", "s6", "s10"),
        up_of!("16", "s3", "s7", "s11"),
        up_of!("24", "s4", "s8", "s12"),
        up_written!()
    ),
    concat!(
        one_sum!(),
        "ldrb r12, [r7], #1
        ",
        of_three!(),
        "vldmia r12, {{s13, s14, s15}}
        vmul.f32 s1, s13, s1
        vldmia r8!, {{s2}}
        vmul.f32 s2, s15, s2
        vldmia r2!, {{s3}}
        vmul.f32 s3, s14, s3
        vadd.f32 s2, s2, s3
        vadd.f32 s1, s2, s1
        vstmia r10!, {{s1}}"
    )
}
