// Whether a list of sites, as people write it in a policy, means a site.

/** An empty list means every site. Capitals do not count: "lyon" that missed Lyon would leave it unprotected. */
export function coversSite(sites: readonly string[], site: string): boolean {
  return sites.length === 0 || sites.some((each) => each.toLowerCase() === site.toLowerCase())
}
