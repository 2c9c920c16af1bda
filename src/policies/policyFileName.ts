/** The file at the root of a workspace folder that holds a team's policies. */
export const policyFileName = '.docker-hub-prune.jsonc';
