package dev.tributary.privacy.pki;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** TLS 1.3 that trusts one authority and nobody else. */
public final class TlsContexts {

    private static final char[] IN_MEMORY = new char[0];

    private TlsContexts() {}

    /** Shows {@code identity} and trusts its authority. */
    public static SSLContext of(TlsIdentity identity) {
        try {
            KeyStore own = emptyStore();
            own.setKeyEntry("own", identity.key(), IN_MEMORY, new X509Certificate[] {
                identity.certificate(), identity.authority()
            });
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, IN_MEMORY);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), trusting(identity.authority()), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot do TLS 1.3 with " + identity, e);
        }
    }

    /** Shows nothing and trusts {@code authority}. */
    public static SSLContext trustingOnly(X509Certificate authority) {
        try {
            return context(trusting(authority));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot do TLS 1.3", e);
        }
    }

    /**
     * Shows nothing and trusts whoever was certified by the authority with this fingerprint, which the other side must
     * show as the last certificate of its chain.
     *
     * @param fingerprint 64 hex digits, as {@link Certificates#fingerprint} makes it
     */
    public static SSLContext pinning(String fingerprint) {
        try {
            return context(new TrustManager[] {new PinnedAuthority(fingerprint)});
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot do TLS 1.3", e);
        }
    }

    private static SSLContext context(TrustManager[] trust) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, trust, null);
        return context;
    }

    static TrustManager[] trusting(X509Certificate authority) throws GeneralSecurityException {
        KeyStore trusted = emptyStore();
        trusted.setCertificateEntry("authority", authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        return trust.getTrustManagers();
    }

    /** Never written anywhere. PKCS#12 would encrypt and decrypt the key by ten thousand rounds for every client. */
    private static KeyStore emptyStore() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("JKS");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return store;
    }

    /**
     * The usual checks, for names too, with the authority taken from the chain once it proved to be the pinned one. Java's
     * own client checks host names for a trust manager of this plain kind.
     */
    private record PinnedAuthority(String fingerprint) implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("this side connects and is not connected to");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            X509Certificate authority = chain[chain.length - 1];
            if (!Certificates.fingerprint(authority).equals(fingerprint)) {
                throw new CertificateException("the other side's certificate authority has the fingerprint "
                        + Certificates.fingerprint(authority) + ", expected " + fingerprint);
            }
            try {
                for (TrustManager each : trusting(authority)) {
                    if (each instanceof X509TrustManager usual) {
                        usual.checkServerTrusted(chain, authType);
                    }
                }
            } catch (CertificateException e) {
                throw e;
            } catch (GeneralSecurityException e) {
                throw new CertificateException(e);
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
