// Every case of every operation on PostgreSQL 18.
import { describeCases } from "../support/case-ladder.ts";

describeCases("postgres-18");
