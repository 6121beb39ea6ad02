import * as chai from 'chai';
import './sources.ts';

chai.config.truncateThreshold = 0; // print both marble logs whole
