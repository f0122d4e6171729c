"""google-auth asks the metadata server for an identity token: google_metadata.py AUDIENCE"""

import sys

from google.auth.compute_engine import IDTokenCredentials
from google.auth.transport.requests import Request

# Without a request, it does not ask for the e-mail address of the service account before.
credentials = IDTokenCredentials(None, sys.argv[1], use_metadata_identity_endpoint=True, bind_id_token=False)
credentials.refresh(Request())
