// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the enums of events are made of. */
record EventShape(String topic, Set<String> required, Map<String, Object> defaults) {

    /**
     * @param fields {@code name} for a field that is required, {@code name=value} for one that is
     *     filled in
     */
    static EventShape of(String domain, String action, String... fields) {
        Set<String> required = new TreeSet<>();
        Map<String, Object> defaults = new LinkedHashMap<>();
        for (String field : fields) {
            int at = field.indexOf('=');
            if (at < 0) {
                required.add(field);
            } else {
                String value = field.substring(at + 1);
                defaults.put(field.substring(0, at), typed(value));
            }
        }
        return new EventShape(
                domain + "." + action.toLowerCase(Locale.ROOT),
                Collections.unmodifiableSet(required),
                Collections.unmodifiableMap(defaults));
    }

    private static Object typed(String value) {
        if (value.matches("[0-9]+")) {
            return Long.valueOf(value);
        }
        boolean truth = value.equals("true") || value.equals("false");
        return truth ? (Object) Boolean.valueOf(value) : value;
    }
}
