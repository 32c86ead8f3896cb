// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Offset;
import dev.jitney.spi.VerifyOptions;
import dev.jitney.spi.VerifyReport;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Checks every stored byte and changes nothing (STO-8): see {@link SegmentCheck}; and that each
 * segment begins where the one before it ends, which purge and retention leave so. That segments at
 * the beginning were taken away by hand cannot be told from retention, unless their sidecars are
 * still there. Zeroes cut off the end of a sidecar are not missed either.
 *
 * <p>Other processes may go on publishing and purging meanwhile.
 */
final class Verifier {

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final StoreContext context;
    private final Findings findings;
    private final Duration patience;

    private Verifier(StoreContext context, VerifyOptions options, Duration patience) {
        this.context = context;
        this.findings = new Findings(options);
        this.patience = patience;
    }

    static VerifyReport verify(StoreContext context, VerifyOptions options) {
        return verify(context, options, PATIENCE);
    }

    /**
     * @param patience how long to wait for a live writer to finish what it has begun
     */
    static VerifyReport verify(StoreContext context, VerifyOptions options, Duration patience) {
        try {
            return new Verifier(context, options, patience).verify();
        } catch (IOException e) {
            throw Failures.reading(context.directory().path(), e);
        }
    }

    private VerifyReport verify() throws IOException {
        checkDescriptor();
        List<SegmentName> segments = Segments.list(context.disk());
        long end = SegmentCheck.UNKNOWN;
        for (int i = 0; i < segments.size(); i++) {
            SegmentName name = segments.get(i);
            boolean last = i == segments.size() - 1;
            checkAdjoins(name, end);
            end = check(name, last);
        }
        checkLogsAreThere();
        return findings.report();
    }

    private void checkDescriptor() throws IOException {
        String file = BusDirectory.DESCRIPTOR;
        if (!context.disk().exists(file)) {
            findings.damaged(file, -1, -1, SegmentCheck.UNKNOWN, "The file is missing.");
            return;
        }
        String text = SmallFile.read(context.disk(), file);
        try {
            Map<String, String> values = FlatJson.parse(text);
            for (String key : List.of("name", "id", "format", "created")) {
                if (!values.containsKey(key)) {
                    throw new IllegalArgumentException("'" + key + "' is missing");
                }
            }
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            findings.damaged(
                    file,
                    0,
                    text.length(),
                    SegmentCheck.UNKNOWN,
                    "The file cannot be read: " + e.getMessage() + ".");
        }
    }

    private void checkAdjoins(SegmentName name, long end) throws IOException {
        if (end == SegmentCheck.UNKNOWN || name.base() == end) {
            return;
        }
        if (!Segments.list(context.disk()).contains(name)) {
            return; // removed meanwhile, and so may be those between
        }
        findings.damaged(
                name.log(),
                -1,
                -1,
                Math.min(name.base(), end),
                name.base() > end
                        ? "The "
                                + Findings.range(end, name.base())
                                + " are missing: no segment holds them."
                        : "The segment begins with "
                                + new Offset(name.base())
                                + ", but the one before it goes up to "
                                + new Offset(end - 1)
                                + ".");
    }

    private long check(SegmentName name, boolean last) throws IOException {
        SegmentName current = name;
        while (true) {
            try {
                return new SegmentCheck(context, current, last, findings, patience).check();
            } catch (NoSuchFileException e) {
                // Removed meanwhile, or written again by a purge.
                SegmentName next = null;
                for (SegmentName there : Segments.list(context.disk())) {
                    next = there.base() == name.base() ? there : next;
                }
                if (next == null) {
                    return SegmentCheck.UNKNOWN;
                }
                if (next.equals(current)) {
                    throw e;
                }
                current = next;
            }
        }
    }

    /**
     * A sidecar without its log is all that is left of a segment, unless it was just being made.
     */
    private void checkLogsAreThere() throws IOException {
        List<SegmentName> alone = alone();
        long deadline = System.nanoTime() + patience.toNanos();
        while (!alone.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(patience.toNanos() / 10);
            alone.retainAll(alone());
        }
        for (SegmentName name : alone) {
            if (heldEvents(name)) {
                findings.damaged(
                        name.log(),
                        -1,
                        -1,
                        name.base(),
                        "The file is missing, though its commit records in '"
                                + name.sidecar()
                                + "' are there.");
            }
        }
    }

    private boolean heldEvents(SegmentName name) throws IOException {
        try (StoreFile file = context.disk().open(name.sidecar(), false)) {
            // An empty one is what a full disk leaves of a segment that was to be made.
            return file.size() > 0
                    && (file.size() < Sidecar.SLOT
                            || Sidecar.open(context.disk(), name, false).count() > 0);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private List<SegmentName> alone() throws IOException {
        List<SegmentName> alone = new ArrayList<>();
        Set<Long> bases = new HashSet<>();
        Segments.list(context.disk()).forEach(name -> bases.add(name.base()));
        for (String file : context.disk().list(SegmentName.FOLDER)) {
            if (file.endsWith(SegmentName.SIDECAR)) {
                String stem = file.substring(0, file.length() - SegmentName.SIDECAR.length());
                SegmentName name = SegmentName.ofLog(stem + SegmentName.LOG);
                // One of another generation is what a killed purge has left.
                if (name != null && !bases.contains(name.base())) {
                    alone.add(name);
                }
            }
        }
        return context.disk().exists(Purges.JOURNAL) ? new ArrayList<>() : alone;
    }
}
