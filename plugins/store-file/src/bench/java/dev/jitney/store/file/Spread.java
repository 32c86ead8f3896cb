// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.util.Arrays;

/**
 * What the rounds of one contestant gave.
 *
 * @param values in ascending order
 */
record Spread(double[] values) {

    static Spread of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(sorted);
    }

    double median() {
        return at(0.5);
    }

    double low() {
        return at(0.25);
    }

    double high() {
        return at(0.75);
    }

    int rounds() {
        return values.length;
    }

    /** Says whether the ranges from the lower to the upper quartile have a point in common. */
    boolean overlaps(Spread other) {
        return low() <= other.high() && other.low() <= high();
    }

    private double at(double share) {
        double place = share * (values.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, values.length - 1);
        return values[below] + (values[above] - values[below]) * (place - below);
    }

    /** Returns the value that this share of sorted samples does not exceed. */
    static long percentile(long[] sorted, double share) {
        int index = (int) Math.ceil(share * sorted.length) - 1;
        return sorted[Math.max(0, Math.min(index, sorted.length - 1))];
    }

    /** Returns a number and its noun: {@code 1 thread}, {@code 4 threads}, {@code 2 processes}. */
    static String count(int number, String noun) {
        String plural = noun.endsWith("s") ? "es" : "s";
        return number + " " + noun + (number == 1 ? "" : plural);
    }
}
