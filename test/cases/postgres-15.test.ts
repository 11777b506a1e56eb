// Every case of every operation on PostgreSQL 15.
import { describeCases } from "../support/case-ladder.ts";

describeCases("postgres-15");
