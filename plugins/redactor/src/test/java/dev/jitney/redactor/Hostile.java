// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts that are made to cost a masker much: each nearly what it looks for, over and over, or with
 * an end that never comes.
 */
final class Hostile {

    private static final List<String> UNITS =
            List.of(
                    "a",
                    "A",
                    "1",
                    " ",
                    "@",
                    ":",
                    "=",
                    "+",
                    "-",
                    "/",
                    ".",
                    "(",
                    "\"",
                    "\\",
                    "{",
                    "[",
                    "ü",
                    "𝄞",
                    "a@",
                    "a.b@",
                    "@a.",
                    "a-b.c@d-e.",
                    ".@",
                    "a@b.c.",
                    "1 ",
                    "1-",
                    "1.",
                    "1234 ",
                    "123-45-",
                    "123-456-",
                    "4111 ",
                    "4111-1111-1111-",
                    "+1 ",
                    "+1(",
                    "(123) ",
                    "(123)1",
                    "1.2.3.",
                    "255.255.255.",
                    "v1.",
                    "a:",
                    "ab:",
                    "::",
                    "1::",
                    "fe80:",
                    "00:",
                    "00-1a-",
                    "::1:",
                    "DE89",
                    "DE89 ",
                    "GB29 NWBK ",
                    "AA00A",
                    "sk-",
                    "sk_",
                    "key-a1",
                    "token_",
                    "secret",
                    "apikey",
                    "AKIA",
                    "AIza",
                    "ya29.",
                    "ghp_",
                    "github_pat_",
                    "glpat-",
                    "xoxb-",
                    "sk_live_",
                    "sk-ant-",
                    "sk-proj-",
                    "SG.",
                    "SK0",
                    "npm_",
                    "pypi-",
                    "hf_",
                    "dckr_pat_",
                    "dop_v1_",
                    "shpat_",
                    "hvs.",
                    "AGE-SECRET-KEY-1",
                    "12345678:AA",
                    "hooks.slack.com/services/",
                    "arn:aws:",
                    "arn:aws",
                    "eyJ",
                    "eyJ-",
                    "eyJa.",
                    "eyJaaaaaaaaa.",
                    "eyJaaaaaaaaa.aaaa ",
                    "Bearer ",
                    "bearer",
                    "Basic ",
                    "Basic YTpi",
                    "Basic YWFhYWFh ",
                    "Cookie:",
                    "Cookie: ",
                    "Cookie: a",
                    "Set-Cookie:",
                    "Authorization:",
                    "authorization ",
                    "Authorization: x",
                    "password",
                    "password=",
                    "password: ",
                    "password=\"",
                    "password=\\\"",
                    "\"password\":",
                    "a_password_",
                    "token =",
                    "-----BEGIN ",
                    "-----BEGIN PRIVATE KEY-----",
                    "-----BEGIN RSA PRIVATE KEY",
                    "-----END ",
                    "-----",
                    "://",
                    "a://",
                    "a://b:",
                    "a://b:c/",
                    "a://b:c/ ",
                    "a://@",
                    "a://b@",
                    "a://:@",
                    "a://b:c@",
                    "a@b.cc ",
                    "--a",
                    "--password ",
                    "--password=",
                    "a:b@",
                    "aA1/",
                    "aA1+aA1-",
                    "Zm9v",
                    "phone ",
                    "ssn 1",
                    "tel: 1",
                    "phone 1234567 ",
                    "version 1.2.3.");

    private Hostile() {}

    /** Returns texts of this length by what they are made of, text and JSON. */
    static Map<String, String> texts(int length) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String unit : UNITS) {
            all.put(unit, unit.repeat(length / unit.length() + 1).substring(0, length));
        }
        return all;
    }

    static Map<String, String> jsons(int length) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String unit : List.of("{\"a\":", "[", "\"a\":", "{\"password\":", "\"\\\\\",", "\"")) {
            all.put("json " + unit, unit.repeat(length / unit.length()));
        }
        StringBuilder begins = new StringBuilder("[");
        while (begins.length() < length) {
            begins.append("\"-----BEGIN PRIVATE KEY-----\",");
        }
        all.put("json keys without end", begins + "\"-----END PRIVATE KEY-----\"]");
        return all;
    }
}
