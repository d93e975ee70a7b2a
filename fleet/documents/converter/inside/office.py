"""
Runs inside the sandbox: starts LibreOffice, waits for one document, exports its first page and then all of it as PDF.
A request is a line of JSON on stdin. An answer on stdout is a line of JSON, followed by as many bytes as its "bytes" names.
"""
import json
import os
import shutil
import subprocess
import sys
import time

import uno
import unohelper
from com.sun.star.beans import PropertyValue
from com.sun.star.task import XInteractionHandler

HERE = os.path.dirname(os.path.abspath(__file__))
PROFILE = "/tmp/profile"
CONNECT_WITHIN_S = 90
EMPTY = ["private:factory/simpress", "private:factory/swriter", "private:factory/scalc"]
PDF_FILTERS = {"presentation": "impress_pdf_Export", "text": "writer_pdf_Export", "spreadsheet": "calc_pdf_Export"}

answers = os.fdopen(os.dup(1), "wb")
# what anybody prints is no answer
os.dup2(2, 1)


def answer(head, body=None):
    if body is not None:
        head = {**head, "bytes": len(body)}
    answers.write(json.dumps(head).encode() + b"\n")
    if body is not None:
        answers.write(body)
    answers.flush()


def properties(**values):
    made = []
    for name, value in values.items():
        made.append(PropertyValue(Name=name, Value=value))
    return tuple(made)


class Questions(unohelper.Base, XInteractionHandler):
    """What LibreOffice would ask a person. Nothing is answered; a question for a password is remembered."""

    wants_password = False

    def handle(self, request):
        name = getattr(request.getRequest(), "typeName", None) or type(request.getRequest()).__name__
        if "Password" in name:
            self.wants_password = True


def start():
    os.makedirs(PROFILE + "/user")
    shutil.copy(HERE + "/registrymodifications.xcu", PROFILE + "/user/registrymodifications.xcu")
    # not soffice.bin: with a fresh profile that one ends itself and waits to be started again
    office = subprocess.Popen(
        [
            "/usr/bin/soffice",
            "--headless",
            "--norestore",
            "--nologo",
            "--nodefault",
            "-env:UserInstallation=file://" + PROFILE,
            "--accept=pipe,name=maru;urp;",
        ],
        stdin=subprocess.DEVNULL,
    )
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    until = time.monotonic() + CONNECT_WITHIN_S
    while True:
        try:
            context = resolver.resolve("uno:pipe,name=maru;urp;StarOffice.ComponentContext")
            return context.ServiceManager
        except Exception:
            if office.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)


def warm(services):
    """What the first document of each kind would have to load."""
    for url in EMPTY:
        document = services.createInstance("com.sun.star.frame.Desktop").loadComponentFromURL(
            url, "_blank", 0, properties(Hidden=True)
        )
        kind = next(kind for kind in PDF_FILTERS if kind in KIND_OF[url])
        export(document, kind, "1", 300)
        document.close(True)


KIND_OF = dict(zip(EMPTY, PDF_FILTERS))


def fit_to_width(document):
    """A spreadsheet's columns all on one page, a wide one's on a page laid across: stripes cannot be read."""
    styles = document.StyleFamilies.getByName("PageStyles")
    for index in range(document.Sheets.Count):
        sheet = document.Sheets.getByIndex(index)
        style = styles.getByName(sheet.PageStyle)
        # its author fitted it to so many pages
        if style.ScaleToPages != 0 or style.ScaleToPagesX != 0:
            continue
        if not style.IsLandscape and is_wider(sheet, style.Width - style.LeftMargin - style.RightMargin):
            width, height = style.Width, style.Height
            style.IsLandscape = True
            style.Width, style.Height = height, width
        style.ScaleToPagesX = 1
        style.ScaleToPagesY = 0


def is_wider(sheet, width):
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    for column in range(cursor.RangeAddress.EndColumn + 1):
        width -= sheet.Columns.getByIndex(column).Width
        if width < 0:
            return True
    return False


def export(document, kind, pages, dots_per_inch):
    path = "/tmp/pages.pdf"
    data = properties(
        PageRange=pages,
        ExportNotes=False,
        ExportNotesPages=False,
        ExportNotesInMargin=False,
        ExportBookmarks=False,
        ExportFormFields=False,
        ExportLinksRelativeFsys=False,
        ReduceImageResolution=True,
        MaxImageResolution=dots_per_inch,
        Quality=90,
    )
    data = uno.Any("[]com.sun.star.beans.PropertyValue", data)
    document.storeToURL("file://" + path, properties(FilterName=PDF_FILTERS[kind], FilterData=data, Overwrite=True))
    with open(path, "rb") as file:
        content = file.read()
    os.unlink(path)
    return content


def load(services, request, questions):
    url = "file://" + request["path"]
    arguments = properties(
        URL=url,
        Hidden=True,
        ReadOnly=True,
        FilterName=request["filter"],
        MacroExecutionMode=0,
        UpdateDocMode=0,
        InteractionHandler=questions,
    )
    desktop = services.createInstance("com.sun.star.frame.Desktop")
    if request["kind"] != "text":
        return desktop.loadComponentFromURL(url, "_blank", 0, arguments)
    # its view would open windows for comments, and Debian's LibreOffice without a desktop ends itself over them
    document = services.createInstance("com.sun.star.text.TextDocument")
    document.load(arguments)
    remove_comments(document)
    return desktop.loadComponentFromURL("private:object", "_blank", 0, properties(Model=document, Hidden=True))


def remove_comments(document):
    fields = document.getTextFields().createEnumeration()
    comments = []
    while fields.hasMoreElements():
        field = fields.nextElement()
        if field.supportsService("com.sun.star.text.textfield.Annotation"):
            comments.append(field)
    for comment in comments:
        comment.dispose()


def convert(services, request):
    questions = Questions()
    try:
        document = load(services, request, questions)
    except Exception as error:
        document = None
        print(error, file=sys.stderr)
    if questions.wants_password:
        return answer({"is": "refused", "code": "document-encrypted", "message": "it asks for a password"})
    if document is None:
        return answer({"is": "refused", "code": "document-broken", "message": "LibreOffice does not open it"})
    kind = request["kind"]
    if kind == "spreadsheet":
        fit_to_width(document)
    answer({"is": "pdf", "pages": "first"}, export(document, kind, "1", request["dotsPerInch"]))
    answer({"is": "pdf", "pages": "all"}, export(document, kind, "1-" + str(request["mostPages"]), request["dotsPerInch"]))
    answer({"is": "exported"})


services = start()
warm(services)
answer({"is": "ready"})
line = sys.stdin.readline()
if line:
    convert(services, json.loads(line))
