import { real } from '../backends/real.ts';
import { describeApiSemantics } from '../suites/api-semantics.ts';

describeApiSemantics(real);
