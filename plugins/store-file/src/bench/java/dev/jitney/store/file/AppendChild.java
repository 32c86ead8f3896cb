// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Level;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;

/**
 * One of several processes that append one by one to one log: warms up, waits for the word, runs.
 */
final class AppendChild {

    // With less, four processes on two cores spend half of the run compiling.
    private static final double WARM_UP_SECONDS = 5;

    private AppendChild() {}

    public static void main(String[] args) throws Exception {
        Level level = args[1].equals("disk") ? Level.DISK : Level.OS;
        double seconds = Double.parseDouble(args[2]);
        EncodedLine line =
                new EncodedLine(JitneyLog.FORMAT, Long.parseLong(args[3]) * 100_000_000L);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        try (JitneyLog log = new JitneyLog(Path.of(args[0]), level, true)) {
            EventLog.Writer writer = log.writer();
            long warm = run(writer, line, WARM_UP_SECONDS);
            System.out.println("ready");
            in.readLine();
            long begin = System.nanoTime();
            long count = run(writer, line, seconds);
            double rate = count * 1e9 / (System.nanoTime() - begin);
            System.out.println("done " + rate + " " + (warm + count));
        }
    }

    private static long run(EventLog.Writer writer, EncodedLine line, double seconds)
            throws Exception {
        long until = System.nanoTime() + (long) (seconds * 1e9);
        long count = 0;
        while (System.nanoTime() < until) {
            writer.write(line.bytes());
            line.next();
            count++;
        }
        return count;
    }
}
