// Owns one correction: what the worker's BIO callback answers for controls.
//
// The callback that DtlsTransport installs answers 1 to the return call of every BIO control. An OpenSSL that was
// built with kernel TLS, as Debian's is, asks the BIO by such a control whether the kernel encrypts for it, hears
// "yes", allocates no write buffer, and the first DTLS handshake writes through a null pointer. So the control's own
// result is handed back, and every other operation goes to the worker's callback as before.
#pragma once
#ifdef __cplusplus
#include <openssl/bio.h>

namespace kernel_tls_guard
{
	// One function for all transports of a worker, so one variable is enough; a worker has a single thread.
	inline BIO_callback_fn_ex guarded = nullptr;

	inline long onBio(
	  BIO* bio, int operation, const char* data, size_t size, int argi, long argl, int result, size_t* processed)
	{
		constexpr int ControlReturned = BIO_CB_CTRL | BIO_CB_RETURN;

		return operation == ControlReturned
		         ? result
		         : guarded(bio, operation, data, size, argi, argl, result, processed);
	}

	inline void install(BIO* bio, BIO_callback_fn_ex callback)
	{
		guarded = callback;
		BIO_set_callback_ex(bio, onBio);
	}
} // namespace kernel_tls_guard

#define BIO_set_callback_ex(bio, callback) kernel_tls_guard::install(bio, callback)
#endif
