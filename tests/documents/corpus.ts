/**
 * Documents that other programs made, found in packages of npm and Debian. None is kept in this checkout: documents.ts brings
 * them, and the sum of each is what it is known by.
 */
import type { DocumentType } from '../../fleet/documents/converter/true-type.ts';

type Source = { npm: keyof typeof npmVersions } | { debian: string };
export type CorpusDocument = Source & {
  /** In the package. */
  path: string;
  sha256: string;
  type: DocumentType;
  /** Where no other program on this machine counts its pages. */
  pageCount?: number;
};

export const npmVersions = {
  docx4js: '3.3.0',
  kordoc: '4.14.1',
  mammoth: '1.13.0',
  pptx2json: '0.0.10',
  'xlsx-populate': '1.21.0',
};

export const corpus: readonly CorpusDocument[] = [
  {
    npm: 'mammoth',
    path: 'test/test-data/comments.docx',
    sha256: 'adc9f524d176f562db830c346c1e9e21c6a6aa6768d9c09892a423f1257fe17c',
    type: 'docx',
  },
  {
    npm: 'mammoth',
    path: 'test/test-data/endnotes.docx',
    sha256: '8b0275a08427605e57e0ca7596bc89fb4c00e4b9a5cdae2b1941c619c2496014',
    type: 'docx',
  },
  {
    npm: 'mammoth',
    path: 'test/test-data/footnotes.docx',
    sha256: 'a3d786ba3ad53833dd3d5e01bd55e93b628c1287d8f9210eb94cb7533f270306',
    type: 'docx',
  },
  {
    npm: 'mammoth',
    path: 'test/test-data/simple-list.docx',
    sha256: 'ed3c015cf411d07b08bf34264ff709363740b0747af355479088079d0796dfb3',
    type: 'docx',
  },
  {
    npm: 'mammoth',
    path: 'test/test-data/strict-format.docx',
    sha256: '86d90f50d8fd3310c4079291c6622878d8f4d8864d665d1e34841f407e7b7662',
    type: 'docx',
  },
  {
    npm: 'mammoth',
    path: 'test/test-data/tables.docx',
    sha256: '9f75a82d36530d91989a43fcb8940f2e753051787714cecbf6a1f49a22e58ded',
    type: 'docx',
  },
  {
    npm: 'mammoth',
    path: 'test/test-data/text-box.docx',
    sha256: 'a94f4c516bec29b7c2e2e219ad1799700f0eecd0ebf25ef7f8fc59c14db8fdc9',
    type: 'docx',
  },
  {
    npm: 'mammoth',
    path: 'test/test-data/tiny-picture.docx',
    sha256: '791b57c038328560d710c33c5b53bc3ea67a6c08bd9fa0fce0770883e39228d8',
    type: 'docx',
  },
  {
    npm: 'mammoth',
    path: 'test/test-data/underline.docx',
    sha256: '3cc0b83be6c543ef74624303b5a37881ae1784cddb3a238f4410448c81604dde',
    type: 'docx',
  },
  {
    npm: 'mammoth',
    path: 'test/test-data/utf8-bom.docx',
    sha256: '8b59e5faa28793693ce0801711525f88b1f94f62d150ae9a92d1e70012d786ee',
    type: 'docx',
  },
  {
    npm: 'mammoth',
    path: 'test/test-data/external-picture.docx',
    sha256: '2f5dbcf27f3dcec02e81535de21b81a2719e0acfd73158750cb7f91249e628f5',
    type: 'docx',
  },
  {
    npm: 'docx4js',
    path: '__tests__/files/loader.docx',
    sha256: 'c3324cc31620bf9b3001163cc25d5c0d5840f1c56109787cad2bfebcb293f7a1',
    type: 'docx',
  },
  {
    npm: 'docx4js',
    path: '__tests__/files/loader.pptx',
    sha256: '025a8fdde639e8cee8f734ee1374c7295e1326f0638e4d9c43f6fd93916ef503',
    type: 'pptx',
  },
  {
    npm: 'docx4js',
    path: '__tests__/files/loader.xlsx',
    sha256: '9e99535b50a9a57f00233976ea8debad381fcbcbe4cd4471311048d67ff53343',
    type: 'xlsx',
  },
  {
    npm: 'pptx2json',
    path: 'fixtures/test.pptx',
    sha256: '3e1df421556cec83cc258eead80e75d72369e534cd50143851f3df49dde4fa94',
    type: 'pptx',
  },
  {
    npm: 'xlsx-populate',
    path: 'examples/styles/out.xlsx',
    sha256: '63b1b913fac9e6ca14b81c5525927692e746c357999d6f874ce38ae2da55be16',
    type: 'xlsx',
  },
  {
    npm: 'xlsx-populate',
    path: 'examples/ranges/out.xlsx',
    sha256: '68e7a376dc870c99a54c7ee547ba5c0b4b3803fd5d895cd951d7512af0312a23',
    type: 'xlsx',
  },
  {
    npm: 'kordoc',
    path: 'templates/간이기안문_서식.hwpx',
    sha256: '2b58ef61f74a58126e125841d3850c5769bb642e29d3a2e9e3fb67cf5c58ee29',
    type: 'hwpx',
    pageCount: 1,
  },
  {
    npm: 'kordoc',
    path: 'templates/일반기안문_서식.hwpx',
    sha256: '7d40e770a018ae571ab10b5745376b03fd5ffa65fceaf5cce0d87cd0e4d4f437',
    type: 'hwpx',
    pageCount: 1,
  },
  {
    debian: 'r-cran-readxl',
    path: 'usr/lib/R/site-library/readxl/extdata/clippy.xls',
    sha256: '715a998f28d8933cfd3963e8bfa97b72c41238b1df1d733e9b88443596e5e2a3',
    type: 'xls',
  },
  {
    debian: 'r-cran-readxl',
    path: 'usr/lib/R/site-library/readxl/extdata/clippy.xlsx',
    sha256: '011041bc27095d36feab16b1d82e6cb472303c22830ff454bfcc8483f5465b8e',
    type: 'xlsx',
  },
  {
    debian: 'r-cran-readxl',
    path: 'usr/lib/R/site-library/readxl/extdata/deaths.xls',
    sha256: '2bad6e8f42823be47d0e69279b06797b8e925cc3256a7c3c6486b15cbc78b10b',
    type: 'xls',
  },
  {
    debian: 'r-cran-readxl',
    path: 'usr/lib/R/site-library/readxl/extdata/deaths.xlsx',
    sha256: '0469b75be78da0ca9b956d81e2338f32fa3f45b00622cef5e6d7a278897eb80a',
    type: 'xlsx',
  },
  {
    debian: 'r-cran-readxl',
    path: 'usr/lib/R/site-library/readxl/extdata/geometry.xls',
    sha256: '12b54d0fe1da3e3cb33d5adc72abebdd7058acbc36fd8d09f4123e8d08c513f9',
    type: 'xls',
  },
  {
    debian: 'r-cran-readxl',
    path: 'usr/lib/R/site-library/readxl/extdata/geometry.xlsx',
    sha256: '43ea0902a11566986dfcc5cde8fa6cc4b16e0c8e0bd26552cd28c22559eff9ca',
    type: 'xlsx',
  },
  {
    debian: 'r-cran-readxl',
    path: 'usr/lib/R/site-library/readxl/extdata/type-me.xls',
    sha256: 'a11da3565cbac33e792d0ddea8319f60a76b8fa973240c5a745f60b89ce75534',
    type: 'xls',
  },
  {
    debian: 'r-cran-readxl',
    path: 'usr/lib/R/site-library/readxl/extdata/type-me.xlsx',
    sha256: 'fde5a5254e2d6e6c9d39740e011401ed87c7b6a518944e206c7aeebdbc662cd8',
    type: 'xlsx',
  },
  {
    debian: 'r-cran-openxlsx',
    path: 'usr/lib/R/site-library/openxlsx/extdata/loadExample.xlsx',
    sha256: '2c35b3360e5cbdbaaebe5d39d5d64d41a31cee45d9df0a4fdfea3b0742afa6dd',
    type: 'xlsx',
  },
  {
    debian: 'r-cran-openxlsx',
    path: 'usr/lib/R/site-library/openxlsx/extdata/ColorTabs3.xlsx',
    sha256: '2396eb65233d06193ab58413b81e1c34e0b872de19ee2e86f5306b72b42d2259',
    type: 'xlsx',
  },
  {
    debian: 'r-cran-openxlsx',
    path: 'usr/lib/R/site-library/openxlsx/help/figures/tableoptions.pdf',
    sha256: '02e435a3f6291728d8012665da2df52bd8b3fd0eab0b7471392088e58c1fa91f',
    type: 'pdf',
  },
  {
    debian: 'r-cran-openxlsx',
    path: 'usr/lib/R/site-library/openxlsx/extdata/einstein.jpg',
    sha256: '821644f93a669459c1548663f713eff44574f43efac48cd556c43177d879e2bd',
    type: 'jpeg',
  },
  {
    debian: 'r-cran-officer',
    path: 'usr/lib/R/site-library/officer/doc_examples/example.docx',
    sha256: 'cf22eda5ca1cd378df4ef506d9e0ecd31b407a21077c6a10ae3f20d12db324ab',
    type: 'docx',
  },
  {
    debian: 'r-cran-officer',
    path: 'usr/lib/R/site-library/officer/doc_examples/landscape.docx',
    sha256: 'cc9cd1803ac9b99533f8501dc9beb327e21e1e6f8c00679df9e191f463c2c103',
    type: 'docx',
  },
  {
    debian: 'r-cran-officer',
    path: 'usr/lib/R/site-library/officer/doc_examples/example.pptx',
    sha256: '9113453408f2556ac191c581cdf1d302f354f01955241d8a9b9eedcc1e63bb5f',
    type: 'pptx',
  },
  {
    debian: 'r-cran-officer',
    path: 'usr/lib/R/site-library/officer/template/template.pptx',
    sha256: '85a72ebcd4b11630f385ceddd51bd50998e10394a860d9dcbffeeed240f32854',
    type: 'pptx',
  },
  {
    debian: 'r-cran-officer',
    path: 'usr/lib/R/site-library/officer/help/figures/read_docx_doc_2.png',
    sha256: '2f279aaff632f5714331eb0069b5e4239cbef7aa5969234ce486bf1131cc0780',
    type: 'png',
  },
  {
    debian: 'libspreadsheet-parseexcel-perl',
    path: 'usr/share/doc/libspreadsheet-parseexcel-perl/examples/sample/Excel/FmtTest.xls',
    sha256: '73aed4c74282116b7d5310c5e220c34178a2248723f74843395b8f234999a839',
    type: 'xls',
  },
  {
    debian: 'libspreadsheet-parseexcel-perl',
    path: 'usr/share/doc/libspreadsheet-parseexcel-perl/examples/sample/Excel/Rich.xls',
    sha256: 'af1ed2095c2c5f59b1a3b5e93bea96af5970ce1f52d17d5038ada5d2016882f6',
    type: 'xls',
  },
  {
    debian: 'libspreadsheet-parseexcel-perl',
    path: 'usr/share/doc/libspreadsheet-parseexcel-perl/examples/sample/Excel/Test95J.xls',
    sha256: 'b6516d0b87600d52894171d077d888919dc46ca98d0839979386d1a1a933b2bd',
    type: 'xls',
  },
  {
    debian: 'libspreadsheet-writeexcel-perl',
    path: 'usr/share/doc/libspreadsheet-writeexcel-perl/examples/external_charts/Chart3.xls',
    sha256: 'a046a2871cca97f6021276a86ffe3d70322663291f36bccf9c52843254e5926a',
    type: 'xls',
  },
  {
    debian: 'clamav-testfiles',
    path: 'usr/share/clamav-testfiles/clam.ole.doc',
    sha256: '5ecdc3d43a7632d400bf3c6fd9422f31d67467da0feca98f2f414f7dde803c39',
    type: 'doc',
  },
  {
    debian: 'clamav-testfiles',
    path: 'usr/share/clamav-testfiles/clam.ppt',
    sha256: 'e9dcedfb1014b23fc7895db5eb8e0eb9613e3a28210faccb337c100615c48b1f',
    type: 'ppt',
  },
  {
    debian: 'libreoffice-common',
    path: 'usr/lib/libreoffice/share/template/common/personal/CV.ott',
    sha256: '131c43184b80c24e7bd7f8799166a4ebddef4630be567058144c65856decc44c',
    type: 'odt',
  },
  {
    debian: 'libreoffice-common',
    path: 'usr/lib/libreoffice/share/template/common/personal/Resume1page.ott',
    sha256: 'ae128a70d1f97b9a8a5104f036a576329d43932e921b7550585718a56ccc2ae1',
    type: 'odt',
  },
  {
    debian: 'libreoffice-common',
    path: 'usr/lib/libreoffice/share/template/common/officorr/Modern_business_letter_serif.ott',
    sha256: '59627998b5105932f3f2058b8b917cd7997c156cc0448e7980757c135ced2201',
    type: 'odt',
  },
  {
    debian: 'libreoffice-common',
    path: 'usr/lib/libreoffice/share/template/common/internal/idxexample.odt',
    sha256: '37700eea99905d41823eb9f7b6ba7204845b032c3e8c10db32d53bbb7defb53c',
    type: 'odt',
  },
  {
    debian: 'libreoffice-common',
    path: 'usr/lib/libreoffice/share/template/common/presnt/Vivid.otp',
    sha256: '053acc89cafea694b0b62c247d19a72751ee7fb4dfc5eb3d600f5309b30488cc',
    type: 'odp',
  },
  {
    debian: 'libreoffice-common',
    path: 'usr/lib/libreoffice/share/template/common/presnt/Nature_Illustration.otp',
    sha256: 'b980bdfa14a9ca4da9cda1471ad35ac80074e5cba68d09bb744fd93da7609f06',
    type: 'odp',
  },
  {
    debian: 'libreoffice-common',
    path: 'usr/lib/libreoffice/program/opencl/cl-test.ods',
    sha256: 'a6d4d43935ac741d4b35ca50730e28a3ab83e891a04ee026bdc7ff79c554a3ef',
    type: 'ods',
  },
  {
    debian: 'libreoffice-common',
    path: 'usr/lib/libreoffice/share/template/common/wizard/styles/fall.ots',
    sha256: '045aaa7247dd2285d5997f5bebbbd595c603ff68bc377ffb41609ec33feb4e85',
    type: 'ods',
  },
  {
    debian: 'impressive',
    path: 'usr/share/doc/impressive/demo.pdf',
    sha256: '84e56989e889d919f67624614eaf1c67e8afd58b80f7a935689b62dd749c4773',
    type: 'pdf',
  },
  {
    debian: 'cups-filters',
    path: 'usr/share/cups/data/default-testpage.pdf',
    sha256: 'a2ae196e003ae411337957efbb26435bf8586e72ebb3db5784407dc38f94a22b',
    type: 'pdf',
  },
  {
    debian: 'cups-filters',
    path: 'usr/share/cups/data/form_english.pdf',
    sha256: '0d719074081e36b81da6385e42a9366b9b7c93d436c9c26bb274a4e7d38f01cc',
    type: 'pdf',
  },
  {
    debian: 'cups-filters',
    path: 'usr/share/cups/data/form_russian.pdf',
    sha256: 'd86f81d968cf763f1355d57cb08c3a2891bd7fa8f8762afbd924f874bfcc7023',
    type: 'pdf',
  },
  {
    debian: 'cups-filters',
    path: 'usr/share/cups/data/form_english_in.odt',
    sha256: '54407f9fa2b4359e6c54700c4f2a689af501743020b0c32c4a392e5a4b712c0c',
    type: 'odt',
  },
];
