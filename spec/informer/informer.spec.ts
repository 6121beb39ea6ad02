import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { StatusError } from '../../lib/kubernetes/status-error.ts';
import { SelectorError } from '../../lib/model/errors.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { ObjectEvent } from '../../lib/model/object-event.ts';
import { type InformerScene, scene, sourceTo } from './informer-scene.ts';
import { nameOf } from './objects.ts';
import { ScriptedCluster } from './scripted-cluster.ts';
import { statusError } from './status-errors.ts';

/** What an Observable of the informer did, with its time. */
function outcomeOf(wait: (scene: InformerScene) => ReturnType<InformerScene['informer']['when']>, own: InformerScene, time = 0): string[] {
  const log: string[] = [];
  const say = (what: string) => log.push(`${asyncScheduler.now()} ${what}`);
  const begin = () => wait(own).subscribe({ next: () => say('emitted'), error: (error: unknown) => say(`errored ${error instanceof StatusError ? error.statusCode : String(error)}`), complete: () => say('completed') });
  if (time === 0) begin();
  else own.at(time, begin);
  return log;
}

describe('Informer', () => {
  describe('tells', () => {
    it('what there is, that it is in step, and what changes then', scene(({ cluster, follow, at }) => {
      cluster.set('ns/a');
      cluster.set('ns/b');
      const log = follow();
      at(10, () => cluster.set('ns/c'));
      at(20, () => cluster.set('ns/a'));
      at(30, () => cluster.remove('ns/b'));
      at(40, () => cluster.set('ns/c/other'));
      return () => expect(log).to.deep.equal([
        '0 added ns/a@11 (initial)', '0 added ns/b@12 (initial)', '0 synced at=12',
        '10 added ns/c@13 (watch)', '20 updated ns/a@11>14 (watch)', '30 deleted ns/b@15 (watch)', '40 deleted ns/c@16 (watch)', '40 added ns/c@17 (watch)',
      ]);
    }));

    it('whoever comes later the same from where it is, with one list and one watch for all', scene(({ cluster, follow, at }) => {
      cluster.set('ns/a');
      follow();
      at(10, () => cluster.set('ns/b'));
      const late = follow({ time: 50 });
      at(60, () => cluster.remove('ns/a'));
      return () => {
        expect(late).to.deep.equal(['50 added ns/a@11 (initial)', '50 added ns/b@12 (initial)', '50 synced at=12', '60 deleted ns/a@13 (watch)']);
        expect(cluster.asked).to.deep.equal(['list /api/v1/things', 'watch 11 /api/v1/things']);
      };
    }));

    it('whoever comes in the middle of a list what is in, then the rest, then that it is in step', scene(({ cluster, follow }) => {
      cluster.listAfter = 100;
      cluster.pageSize = 1;
      for (const name of ['a', 'b', 'c']) cluster.set(`ns/${name}`);
      follow();
      const late = follow({ time: 150 });
      return () => expect(late).to.deep.equal(['150 added ns/a@11 (initial)', '200 added ns/b@12 (initial)', '300 added ns/c@13 (initial)', '300 synced at=13']);
    }));

    /** Changes all of these behind its back, and has it list them, a page of one each 100 ms. */
    const relist = ({ cluster, source }: InformerScene, names: readonly string[]) => {
      source.next(undefined);
      for (const name of names) cluster.set(name);
      Object.assign(cluster, { listAfter: 100, pageSize: 1 });
      cluster.compact();
      source.next(sourceTo(cluster));
    };

    it('whoever comes while all is listed once more what there is, and that it is in step when the list is complete', scene((own) => {
      const { cluster, follow, at, informer } = own;
      const names = ['ns/a', 'ns/b', 'ns/c'];
      for (const name of names) cluster.set(name);
      const first = follow();
      at(2_000, () => relist(own, names));
      const before = follow({ time: 2_050 });
      const within = follow({ time: 2_150 });
      at(2_150, () => expect(informer.synced).to.equal(true));
      const after = follow({ time: 2_350 });
      return () => {
        expect(first.slice(4)).to.deep.equal(['2100 updated ns/a@11>14 (relist)', '2200 updated ns/b@12>15 (relist)', '2300 updated ns/c@13>16 (relist)']);
        const changes = ['2200 updated ns/b@12>15 (relist)', '2300 updated ns/c@13>16 (relist)'];
        // As long as nothing of it is in, what is kept is all of the moment before.
        expect(before).to.deep.equal(['2050 added ns/a@11 (initial)', '2050 added ns/b@12 (initial)', '2050 added ns/c@13 (initial)', '2050 synced at=13', '2100 updated ns/a@11>14 (relist)', ...changes]);
        expect(within).to.deep.equal(['2150 added ns/a@14 (initial)', '2150 added ns/b@12 (initial)', '2150 added ns/c@13 (initial)', ...changes, '2300 synced at=16']);
        expect(after).to.deep.equal(['2350 added ns/a@14 (initial)', '2350 added ns/b@15 (initial)', '2350 added ns/c@16 (initial)', '2350 synced at=16']);
      };
    }));

    it('whoever comes while a list that broke off in its middle is begun again that it is in step when that is complete', scene((own) => {
      const { cluster, source, follow, at } = own;
      const names = ['ns/a', 'ns/b'];
      for (const name of names) cluster.set(name);
      follow();
      at(2_000, () => relist(own, names));
      // The second page has expired, and what is asked for then instead, all in one piece, fails.
      at(2_150, () => { cluster.failure = statusError(410, 'Expired'); });
      at(2_250, () => source.next(undefined));
      at(4_000, () => {
        cluster.failure = undefined;
        source.next(sourceTo(cluster));
      });
      const late = follow({ time: 4_050 }); // nothing of the new list is in
      return () => expect(late).to.deep.equal(['4050 added ns/a@13 (initial)', '4050 added ns/b@12 (initial)', '4200 updated ns/b@12>14 (relist)', '4200 synced at=14']);
    }));

    it('after the store is written', scene(({ cluster, informer, follow, at }) => {
      cluster.set('ns/a');
      const seen: boolean[] = [];
      follow({ onEvent: (event) => { if (event.type !== 'synced') seen.push(informer.store.get('ns', 'a') === (event.type === 'deleted' ? undefined : event.object)); } });
      at(10, () => cluster.set('ns/a'));
      at(20, () => cluster.remove('ns/a'));
      return () => expect(seen).to.deep.equal([true, true, true]);
    }));

    it('of a selection what comes into it and leaves it, and that it is in step, be it empty', scene(({ cluster, follow, at }) => {
      cluster.set('ns/a', { color: 'red' });
      cluster.set('ns/b', { color: 'blue' });
      const [red, elsewhere] = [follow({ selection: { labelSelector: 'color=red' } }), follow({ selection: { namespace: 'elsewhere' } })];
      at(10, () => cluster.set('ns/b', { color: 'red' }));
      at(20, () => cluster.set('ns/a', { color: 'blue' }));
      return () => {
        expect(red).to.deep.equal(['0 added ns/a@11 (initial)', '0 synced at=12', '10 added ns/b@13 (watch)', '20 deleted ns/a@14 (watch)']);
        expect(elsewhere).to.deep.equal(['0 synced at=12']);
      };
    }));

    it('nothing of a selector that does not parse: it throws, and asks for nothing', scene(({ cluster, informer }) => {
      expect(() => informer.objects$({ labelSelector: 'a in (' })).to.throw(SelectorError);
      return () => expect(cluster.asked).to.deep.equal([]);
    }));

    it('the rest to those beside one that leaves while it is told', scene(({ cluster, informer, follow, at }) => {
      const first: string[] = [];
      const leaving = informer.objects$({}).subscribe((event) => { first.push(event.type); if (event.type === 'added') leaving.unsubscribe(); });
      const second = follow();
      at(10, () => { cluster.set('ns/a'); cluster.set('ns/b'); });
      return () => {
        expect(first).to.deep.equal(['synced', 'added']);
        expect(second).to.deep.equal(['0 synced at=10', '10 added ns/a@11 (watch)', '10 added ns/b@12 (watch)']);
      };
    }));
  });

  describe('over an outage', () => {
    it('tells exactly the difference, as found by reconnecting, without a list', scene(({ cluster, source, follow, at, progress, informer }) => {
      for (const name of ['kept', 'changed', 'gone', 'replaced']) cluster.set(`ns/${name}`);
      const log = follow();
      at(1_000, () => source.next(undefined));
      at(2_000, () => {
        cluster.set('ns/changed');
        cluster.remove('ns/gone');
        cluster.set('ns/new');
        cluster.set('ns/replaced/other');
        expect([informer.synced, informer.live, informer.age]).to.deep.equal([true, false, 2_000]);
      });
      at(5_000, () => source.next(sourceTo(cluster)));
      at(6_000, () => cluster.set('ns/kept'));
      return () => {
        expect(log.slice(5)).to.deep.equal([
          '5000 updated ns/changed@12>15 (reconnect)', '5000 deleted ns/gone@16 (reconnect)', '5000 added ns/new@17 (reconnect)',
          '5000 deleted ns/replaced@18 (reconnect)', '5000 added ns/replaced@19 (reconnect)', '6000 updated ns/kept@11>20 (watch)',
        ]);
        expect(cluster.asked).to.deep.equal(['list /api/v1/things', 'watch 14 /api/v1/things', 'watch 14 /api/v1/things']);
        expect(progress).to.deep.equal(['0 listing initial', '0 synced initial', '0 watching', '1000 offline', '5000 watching']);
      };
    }));

    it('goes on over another connection at once, without a word of it', scene(({ cluster, source, follow, at }) => {
      cluster.set('ns/a');
      const log = follow();
      at(1_000, () => source.next(sourceTo(cluster)));
      at(1_000, () => expect(cluster.running, 'requests after the change').to.equal(1));
      at(2_000, () => cluster.set('ns/a'));
      return () => {
        expect(log.slice(2)).to.deep.equal(['2000 updated ns/a@11>12 (watch)']);
        expect(cluster.lists).to.equal(1);
      };
    }));

    it('takes up a list where it was, page by page', scene(({ cluster, source, follow, at }) => {
      cluster.listAfter = 100;
      cluster.pageSize = 1;
      cluster.set('ns/a');
      cluster.set('ns/b');
      const log = follow();
      at(150, () => source.next(undefined));
      at(1_000, () => source.next(sourceTo(cluster)));
      return () => {
        expect(log).to.deep.equal(['100 added ns/a@11 (initial)', '1100 added ns/b@12 (initial)', '1100 synced at=12']);
        expect(cluster.asked).to.deep.equal(['list /api/v1/things', 'list /api/v1/things', 'watch 12 /api/v1/things']);
      };
    }));

    it('goes on with a watch that broke, on the connection that there is', scene(({ cluster, follow, at }) => {
      cluster.set('ns/a');
      const log = follow();
      at(2_000, () => { cluster.cut(); });
      at(3_000, () => cluster.set('ns/a'));
      return () => {
        expect(log.slice(2)).to.deep.equal(['3000 updated ns/a@11>12 (watch)']);
        expect(cluster.asked.slice(1)).to.deep.equal(['watch 11 /api/v1/things', 'watch 11 /api/v1/things']);
      };
    }));

    it('lists once where the version has expired, and tells the difference that the list shows', scene(({ cluster, source, follow, at }) => {
      for (const name of ['kept', 'changed', 'gone', 'replaced']) cluster.set(`ns/${name}`);
      const log = follow();
      at(1_000, () => source.next(undefined));
      at(2_000, () => {
        cluster.set('ns/changed');
        cluster.remove('ns/gone');
        cluster.set('ns/new');
        cluster.set('ns/replaced/other');
        cluster.compact();
      });
      at(5_000, () => source.next(sourceTo(cluster)));
      return () => {
        expect(log.slice(5).toSorted()).to.deep.equal([
          '5000 added ns/new@17 (relist)', '5000 added ns/replaced@19 (relist)', '5000 deleted ns/gone@13 (relist)', '5000 deleted ns/replaced@14 (relist)', '5000 updated ns/changed@12>15 (relist)',
        ]);
        expect(cluster.lists).to.equal(2);
      };
    }));

    it('waits as after a first failure on a connection that is new', scene(({ cluster, source, follow, at }) => {
      cluster.failure = statusError(503, 'ServiceUnavailable');
      const log = follow();
      // Asked at 0, 0.8, 2.4 and 5.6 s; on the old connection it would be again at 12 s.
      at(6_000, () => source.next(sourceTo(cluster)));
      at(6_500, () => { cluster.failure = undefined; });
      return () => expect(log).to.deep.equal(['6800 synced at=10']);
    }));

    it('keeps what it knows of a cluster that cannot be reached, and tells whoever comes', scene(({ cluster, source, follow, at, informer }) => {
      cluster.set('ns/a');
      follow();
      at(1_000, () => source.next(undefined));
      const late = follow({ time: 30_000 });
      at(30_001, () => expect(informer.failure).to.equal(undefined));
      return () => expect(late).to.deep.equal(['30000 added ns/a@11 (initial)', '30000 synced at=11']);
    }));

    it('waits for the first connection, and is not in step before', scene(({ cluster, source, follow, at, informer }) => {
      source.next(undefined);
      cluster.set('ns/a');
      const log = follow();
      at(1_000, () => {
        expect([informer.runs, informer.synced, informer.age, cluster.asked.length]).to.deep.equal([true, false, undefined, 0]);
        source.next(sourceTo(cluster));
      });
      return () => expect(log).to.deep.equal(['1000 added ns/a@11 (initial)', '1000 synced at=11']);
    }));
  });

  describe('where another cluster is behind the name', () => {
    it('tells the deletes of all that was there, then what is there, and begins anew', scene(({ cluster, source, follow, at, informer }) => {
      cluster.set('ns/a');
      cluster.set('ns/b');
      const other = new ScriptedCluster(5);
      other.set('ns/b');
      other.set('ns/z');
      const log = follow();
      at(1_000, () => source.next(sourceTo(other)));
      at(1_500, () => expect(informer.cluster).to.equal(other));
      const late = follow({ time: 2_000 });
      at(3_000, () => other.remove('ns/z'));
      return () => {
        expect(log.slice(3)).to.deep.equal([
          '1000 deleted ns/a@11 (relist)', '1000 deleted ns/b@12 (relist)', '1000 added ns/b@6 (initial)', '1000 added ns/z@7 (initial)', '1000 synced at=7', '3000 deleted ns/z@8 (watch)',
        ]);
        expect(late.slice(0, 3)).to.deep.equal(['2000 added ns/b@6 (initial)', '2000 added ns/z@7 (initial)', '2000 synced at=7']);
        expect(other.asked).to.deep.equal(['list /api/v1/things', 'watch 7 /api/v1/things']);
      };
    }));

    it('takes nothing for deleted before the other is there', scene(({ cluster, source, follow, at }) => {
      cluster.set('ns/a');
      const log = follow();
      at(1_000, () => source.next(undefined));
      at(9_000, () => source.next(sourceTo(new ScriptedCluster(5))));
      return () => expect(log.slice(2)).to.deep.equal(['9000 deleted ns/a@11 (relist)', '9000 synced at=5']);
    }));
  });

  describe('where the cluster is gone', () => {
    it('tells the deletes and completes, also whoever comes later', scene(({ cluster, source, follow, at, informer }) => {
      cluster.set('ns/a');
      cluster.set('ns/b');
      const log = follow();
      at(1_000, () => source.complete());
      const late = follow({ time: 2_000 });
      return () => {
        expect(log.slice(3)).to.deep.equal(['1000 deleted ns/a@11 (removed)', '1000 deleted ns/b@12 (removed)', '1000 completed']);
        expect(late).to.deep.equal(['2000 completed']);
        expect([informer.runs, informer.store.size]).to.deep.equal([false, 0]);
      };
    }));

    it('does so in an outage as well', scene(({ cluster, source, follow, at }) => {
      cluster.set('ns/a');
      const log = follow();
      at(1_000, () => source.next(undefined));
      at(2_000, () => source.complete());
      return () => expect(log.slice(2)).to.deep.equal(['2000 deleted ns/a@11 (removed)', '2000 completed']);
    }));
  });

  describe('runs', () => {
    it('until nobody has followed it for as long as it lingers, and leaves nothing', scene(({ cluster, follow, at, informer }) => {
      cluster.set('ns/a');
      follow({ until: 100 });
      follow({ time: 50, until: 200 });
      at(1_199, () => expect([informer.runs, cluster.running, informer.store.size]).to.deep.equal([true, 1, 1]));
      at(1_201, () => expect([informer.runs, cluster.running, informer.store.size, informer.synced, informer.live, informer.age]).to.deep.equal([false, 0, 0, false, false, undefined]));
      return () => expect(asyncScheduler.now()).to.equal(1_201);
    }));

    it('on for whoever comes while it lingers, who is told what there is without a request', scene(({ cluster, follow, at, informer }) => {
      cluster.set('ns/a');
      follow({ until: 100 });
      const late = follow({ time: 1_000, until: 1_500 });
      at(2_499, () => expect(informer.runs).to.equal(true));
      return () => {
        expect(late).to.deep.equal(['1000 added ns/a@11 (initial)', '1000 synced at=11']);
        expect(cluster.asked).to.have.length(2);
        expect(asyncScheduler.now()).to.equal(2_500);
      };
    }));

    it('on while it is read at least once in each time that it lingers', scene(({ follow, at, informer }) => {
      follow({ until: 100 });
      for (const time of [600, 1_500, 2_900]) at(time, () => informer.read());
      at(4_099, () => expect(informer.runs).to.equal(true));
      return () => expect(asyncScheduler.now()).to.equal(4_100);
    }));

    it('anew, with a list, for whoever comes after it has ended', scene(({ cluster, follow, at }) => {
      cluster.set('ns/a');
      follow({ until: 100 });
      at(5_000, () => { cluster.remove('ns/a'); cluster.set('ns/b'); });
      const late = follow({ time: 6_000, until: 6_100 });
      return () => {
        expect(late).to.deep.equal(['6000 added ns/b@13 (initial)', '6000 synced at=13']);
        expect(cluster.lists).to.equal(2);
      };
    }));

    it('no request on when it ends in the middle of a list', scene(({ cluster, follow }) => {
      cluster.listAfter = 5_000;
      follow({ until: 100 });
      return () => expect([asyncScheduler.now(), cluster.asked]).to.deep.equal([1_100, []]);
    }));
  });

  describe('resync', () => {
    const resyncs = (random: number, times: number[]) => scene(({ cluster, follow, at }) => {
      cluster.set('ns/a');
      cluster.set('ns/b');
      const events: ObjectEvent<KubernetesObject>[] = [];
      const log = follow({ until: 2_500, onEvent: (event) => events.push(event) });
      at(1_500, () => cluster.set('ns/b'));
      return () => {
        const [first = 0, second = 0] = times;
        expect(log.slice(3)).to.deep.equal([
          `${first} updated ns/a@11>11 (resync)`, `${first} updated ns/b@12>12 (resync)`, '1500 updated ns/b@12>13 (watch)',
          `${second} updated ns/a@11>11 (resync)`, `${second} updated ns/b@13>13 (resync)`,
        ]);
        for (const event of events) if (event.type === 'updated' && event.cause === 'resync') expect(event.previous).to.equal(event.object);
        expect(cluster.asked).to.have.length(2);
      };
    }, { syncPeriod: 1_000, linger: 0, random: () => random });

    it('tells everything again after a tenth less than the period, and asks for nothing', resyncs(0, [900, 1_800]));
    it('or after a tenth more', resyncs(1, [1_100, 2_200]));
  });

  describe('of a kind that is not served', () => {
    it('waits for it, and tells what there is when it has appeared', scene(({ cluster, follow, at, informer, progress }) => {
      cluster.served = false;
      cluster.set('ns/a');
      const log = follow();
      at(1_000, () => expect([informer.synced, (informer.failure as StatusError).statusCode]).to.deep.equal([false, 404]));
      at(2_000, () => { cluster.served = true; });
      return () => {
        expect(log).to.deep.equal(['2400 added ns/a@11 (initial)', '2400 synced at=11']);
        expect(progress).to.deep.equal(['0 notServed', '800 notServed', '2400 listing initial', '2400 synced initial', '2400 watching']);
        expect(informer.failure).to.equal(undefined);
      };
    }));

    it('fails whoever waits for it to be in step, and asks discovery anew for whoever asks', scene((own) => {
      const { cluster, follow, at } = own;
      cluster.served = false;
      follow({ until: 30_000 });
      const early = outcomeOf(({ informer }) => informer.whenSynced(), own);
      at(6_000, () => { cluster.served = true; });
      // By itself it would be asked at 12 s only.
      const later = outcomeOf(({ informer }) => informer.whenSynced(), own, 7_000);
      return () => {
        expect(early).to.deep.equal(['800 errored 404']);
        expect(later).to.deep.equal(['7000 emitted', '7000 completed']);
      };
    }));

    it('keeps what it told where the kind vanishes, until a list shows what there is', scene(({ cluster, follow, at }) => {
      cluster.set('ns/a');
      cluster.set('ns/b');
      const log = follow();
      at(2_000, () => { cluster.served = false; cluster.cut(); });
      at(4_000, () => { cluster.served = true; cluster.remove('ns/a'); });
      return () => expect(log.slice(3)).to.deep.equal(['4400 deleted ns/a@11 (relist)']);
    }));
  });

  describe('of some namespaces', () => {
    it('reads each by itself, is in step when all are, and as new as the oldest', scene(({ cluster, follow, at, informer }) => {
      for (const key of ['x/a', 'y/a', 'z/a']) cluster.set(key);
      const log = follow();
      at(100, () => cluster.set('y/b'));
      at(200, () => expect([informer.resourceVersion(), informer.resourceVersion('x'), informer.resourceVersion('y')]).to.deep.equal(['13', '13', '14']));
      at(300, () => expect([informer.keeps('x'), informer.keeps('z')]).to.deep.equal([true, false]));
      return () => {
        expect(log).to.deep.equal(['0 added x/a@11 (initial)', '0 added y/a@12 (initial)', '0 synced at=13', '100 added y/b@14 (watch)']);
        expect(cluster.asked).to.deep.equal(['list /api/v1/namespaces/x/things', 'watch 13 /api/v1/namespaces/x/things', 'list /api/v1/namespaces/y/things', 'watch 13 /api/v1/namespaces/y/things']);
      };
    }, { namespaces: ['x', 'y'] }));

    it('is live when all are, and says what is wrong with one however the others fare', scene(({ cluster, source, follow, at, informer }) => {
      cluster.set('x/a');
      cluster.forbidden = 'y';
      const log = follow();
      const fares = () => [informer.synced, informer.live, (informer.failure as StatusError | undefined)?.statusCode];
      at(10, () => expect(fares()).to.deep.equal([false, false, 403]));
      at(100, () => { cluster.cut(); cluster.set('x/b'); });
      at(901, () => expect(fares(), 'with the watch of x open again').to.deep.equal([false, false, 403]));
      at(2_000, () => { cluster.forbidden = undefined; });
      at(10_000, () => expect(fares()).to.deep.equal([true, true, undefined]));
      at(11_000, () => source.next(undefined));
      at(11_001, () => expect(fares()).to.deep.equal([true, false, undefined]));
      at(12_000, () => source.next(sourceTo(cluster)));
      at(12_001, () => expect(fares()).to.deep.equal([true, true, undefined]));
      return () => expect(log.slice(0, 2)).to.deep.equal(['0 added x/a@11 (initial)', '900 added x/b@12 (reconnect)']);
    }, { namespaces: ['x', 'y'] }));

    it('lists again what one of them lost, and sweeps no other', scene(({ cluster, source, follow, at }) => {
      for (const key of ['x/a', 'x/b', 'y/a']) cluster.set(key);
      const log = follow();
      at(1_000, () => { source.next(undefined); cluster.remove('x/a'); cluster.compact(); });
      at(2_000, () => source.next(sourceTo(cluster)));
      return () => expect(log.slice(4)).to.deep.equal(['2000 deleted x/a@11 (relist)']);
    }, { namespaces: ['x', 'y'] }));

    it('reads a kind that is not in namespaces whole', scene(({ cluster, follow }) => {
      cluster.namespaced = false;
      cluster.set('a');
      const log = follow();
      return () => {
        expect(log).to.deep.equal(['0 added a@11 (initial)', '0 synced at=11']);
        expect(cluster.asked).to.deep.equal(['list /api/v1/things', 'watch 11 /api/v1/things']);
      };
    }, { namespaces: ['x', 'y'] }));
  });

  describe('waits', () => {
    it('until a list is in, or not at all where it is', scene((own) => {
      own.cluster.listAfter = 100;
      const first = outcomeOf(({ informer }) => informer.whenSynced(), own);
      const second = outcomeOf(({ informer }) => informer.whenSynced(), own, 500);
      return () => expect([first, second]).to.deep.equal([['100 emitted', '100 completed'], ['500 emitted', '500 completed']]);
    }));

    it('until something holds: now, or after an event, a bookmark included', scene((own) => {
      const { cluster, follow, at } = own;
      follow({ until: 1_000 });
      const reached = (version: number) => outcomeOf(({ informer }) => informer.when(() => Number(informer.resourceVersion() ?? 0) >= version), own, 10);
      const [now, later, byBookmark] = [reached(10), reached(11), reached(12)];
      at(100, () => cluster.set('ns/a'));
      at(200, () => { cluster.compact(); cluster.set('ns/b'); });
      return () => {
        expect(now).to.deep.equal(['10 emitted', '10 completed']);
        expect(later).to.deep.equal(['100 emitted', '100 completed']);
        expect(byBookmark).to.deep.equal(['200 emitted', '200 completed']);
      };
    }));

    it('no longer than the cluster is there', scene((own) => {
      own.cluster.listAfter = 5_000;
      const synced = outcomeOf(({ informer }) => informer.whenSynced(), own);
      const held = outcomeOf(({ informer }) => informer.when(() => false), own);
      own.at(1_000, () => own.source.complete());
      return () => expect([synced, held]).to.deep.equal([['1000 completed'], ['1000 completed']]);
    }));
  });

  it('knows how old it is: since the last event, bookmark or answer', scene(({ cluster, follow, at, informer }) => {
    follow();
    const ages: unknown[] = [];
    at(100, () => ages.push(informer.age));
    at(200, () => cluster.bookmark());
    at(250, () => ages.push(informer.age));
    at(300, () => cluster.set('ns/a'));
    at(350, () => ages.push(informer.age, nameOf(informer.store.list()[0] ?? {})));
    return () => expect(ages).to.deep.equal([100, 50, 50, 'ns/a@11']);
  }));

  it('finds by its indexes, and says which failed', (() => {
    const failures: string[] = [];
    return scene(({ cluster, follow, at, informer }) => {
      cluster.set('ns/a', { color: 'red' });
      cluster.set('ns/b');
      follow();
      at(10, () => expect(Array.from(informer.store.indexed('color', 'red'), ({ object }) => nameOf(object))).to.deep.equal(['ns/a@11']));
      return () => expect(failures).to.deep.equal(['color ns/b@12']);
    }, {
      indexes: [{ field: 'color', extractValue: ({ metadata }) => { if (metadata?.labels === undefined) throw new Error('no labels'); return metadata.labels['color']; } }],
      onIndexFailure: (field, object) => failures.push(`${field} ${nameOf(object)}`),
    });
  })());
});
