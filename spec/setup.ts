import * as chai from 'chai';

chai.config.truncateThreshold = 0; // print both marble logs whole
