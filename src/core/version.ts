// The tool's own version. A plan is refused by another major version.

export const toolVersion = "0.1.0";
