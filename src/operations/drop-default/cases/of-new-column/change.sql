-- Old writers keep the default until the switch.
ALTER TABLE "Users" ADD COLUMN "Plan" text NOT NULL DEFAULT 'free';
ALTER TABLE "Users" ALTER COLUMN "Plan" DROP DEFAULT;
