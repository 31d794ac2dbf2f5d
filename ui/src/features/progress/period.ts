/** Which period the sessions below the targets are counted in; texts and codes as `progress.read` takes them. */
export interface Choice {
  regime: string;
  span: string;
  /** First day of a campaign, as typed. */
  start: string;
}
