// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs contestants in turns: one after the other in every round, each round beginning with another
 * one, so that what drifts on the machine drifts for all of them.
 */
final class Rounds {

    /** One run; it returns what is measured, and throws if the work was not done in full. */
    interface Run {
        double measure() throws Exception;
    }

    private final Map<String, Run> runs = new LinkedHashMap<>();
    private Runnable before = BenchDirs::settle;

    Rounds add(String name, Run run) {
        runs.put(name, run);
        return this;
    }

    /** What to do in front of each run; unless set, everything is written out and collected. */
    Rounds before(Runnable action) {
        before = action;
        return this;
    }

    /** Runs all of them this often, the first rounds not counted. */
    Map<String, Spread> run(int warmUps, int rounds) throws Exception {
        List<String> names = new ArrayList<>(runs.keySet());
        Map<String, List<Double>> values = new LinkedHashMap<>();
        names.forEach(name -> values.put(name, new ArrayList<>()));
        for (int round = 0; round < warmUps + rounds; round++) {
            for (int i = 0; i < names.size(); i++) {
                String name = names.get((i + round) % names.size());
                before.run();
                double value = runs.get(name).measure();
                if (round >= warmUps) {
                    values.get(name).add(value);
                }
            }
        }
        Map<String, Spread> spreads = new LinkedHashMap<>();
        values.forEach(
                (name, list) ->
                        spreads.put(
                                name,
                                Spread.of(
                                        list.stream().mapToDouble(Double::doubleValue).toArray())));
        return spreads;
    }
}
