// Two test projects: `unit` needs no database and runs in `npm run check`; `database` starts its own servers.
import { defineConfig, type ViteUserConfig } from "vitest/config";

const minute = 60_000;

const config: ViteUserConfig = defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    teardownTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["src/**/*.test.ts", "test/house.test.ts"], testTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: "database",
          include: ["test/**/*.test.ts"],
          exclude: ["test/house.test.ts"],
          globalSetup: ["test/support/servers.ts"],
          // A hang fails with the name of its test: every wait inside the tests has its own, shorter limit.
          testTimeout: 2 * minute,
          hookTimeout: 2 * minute,
        },
      },
    ],
  },
});

export default config;
