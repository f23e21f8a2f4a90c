// What the methods without rules of their own for it have in common, so that they are compared on equal terms.

/** Our gate asks for three bad runs before it stops anything; a method without a minimum gets the same. */
export const leastBad = 3

/** 95th percentile of the normal distribution: a one-sided test at 5 %. */
export const oneSidedZ = 1.6448536269514722

/** The evidence that an always-valid method needs at an alpha of 5 %, as a logarithm. */
export const logTwenty = Math.log(20)
