{-# LANGUAGE OverloadedStrings #-}

-- | wai-cors around a WAI application, served by warp.
module Main (main) where

import Control.Concurrent (ThreadId, forkIO, killThread)
import Data.Aeson (FromJSON (..), Value (..), decodeStrict, encode, object, withObject, (.:), (.=))
import Data.Aeson.Types (Pair, Parser, parseMaybe)
import qualified Data.ByteString.Char8 as B
import qualified Data.ByteString.Lazy.Char8 as L
import qualified Data.CaseInsensitive as CI
import Data.IORef (IORef, atomicModifyIORef', newIORef, readIORef)
import qualified Data.Map.Strict as Map
import Data.Maybe (fromMaybe)
import qualified Data.Text as T
import qualified Data.Text.Encoding as T
import Network.HTTP.Types
import Network.Socket
import Network.Wai hiding (requestHeaders, responseHeaders)
import Network.Wai.Handler.Warp (defaultSettings, runSettingsSocket)
import Network.Wai.Middleware.Cors
import System.Environment (getEnv)
import System.IO
import Text.Read (readMaybe)

data Listing = Anything | Listed [B.ByteString]

data Policy = Policy
  { origins :: Listing
  , methods :: Listing
  , requestHeaders :: Listing
  , responseHeaders :: Listing
  , credentials :: Bool
  , maxAge :: Maybe Int
  }

data Message
  = Hello
  | Serve Int HostName (Either T.Text Policy)
  | Stop Int
  | Bye

instance FromJSON Listing where
  parseJSON (String "*") = pure Anything
  parseJSON value = Listed . map T.encodeUtf8 <$> parseJSON value

instance FromJSON Policy where
  parseJSON = withObject "policy" $ \policy ->
    Policy <$> policy .: "origins" <*> policy .: "methods" <*> policy .: "request_headers"
      <*> policy .: "response_headers" <*> policy .: "credentials" <*> (policy .: "max_age" >>= age)
   where
    age :: Value -> Parser (Maybe Int)
    age (String "disable") = pure (Just 0)
    age value = parseJSON value

instance FromJSON Message where
  parseJSON = withObject "message" $ \message -> do
    kind <- message .: "type"
    case kind :: T.Text of
      "hello" -> pure Hello
      "serve" -> Serve <$> message .: "id" <*> message .: "bind" <*> (needs <$> message .: "policy")
      "stop" -> Stop <$> message .: "id"
      _ -> pure Bye

-- | The policy, or the first of its features that cannot be said to the server.
needs :: Value -> Either T.Text Policy
needs value = case parseMaybe parseJSON value of
  Nothing -> Left "origins.subdomains"
  Just policy -> case filter (`Map.member` unsupported) (features policy) of
    feature : _ -> Left feature
    [] -> Right policy
 where
  features policy =
    [ name | (name, Anything) <-
        [ ("methods.any", methods policy), ("request-headers.any", requestHeaders policy)
        , ("response-headers.any", responseHeaders policy) ] ]

unsupported :: Map.Map T.Text T.Text
unsupported = Map.fromList
  [ ("origins.subdomains", "`corsOrigins` lists origins")
  , ("methods.any", "`corsMethods` takes no wildcard")
  , ("request-headers.any", "`corsRequestHeaders` takes no wildcard")
  , ("response-headers.any", "`corsExposedHeaders` takes names only")
  ]

main :: IO ()
main = hSetBuffering stdout LineBuffering >> loop Map.empty

loop :: Map.Map Int (ThreadId, Socket) -> IO ()
loop instances = do
  end <- isEOF
  message <- if end then pure (Just Bye) else decodeStrict <$> B.getLine
  case message of
    Just Hello -> hello >>= say >> loop instances
    Just (Serve number host wanted) -> do
      let answer pairs = say (("id" .= number) : pairs)
      case wanted of
        Left feature -> do
          answer ["type" .= tag "unsupported", "feature" .= feature, "reason" .= Map.lookup feature unsupported]
          loop instances
        Right policy | Anything <- origins policy, credentials policy -> do
          answer ["type" .= tag "refused", "reason" .= tag "`corsOrigins` is either any origin or has credentials"]
          loop instances
        Right policy -> do
          listener <- listening host
          port <- socketPort listener
          served <- policed policy
          thread <- forkIO (runSettingsSocket defaultSettings listener served)
          answer ["type" .= tag "ready", "base_url" .= ("http://" <> host <> ":" <> show port)]
          loop (Map.insert number (thread, listener) instances)
    Just (Stop number) -> do
      mapM_ (\(thread, listener) -> killThread thread >> close listener) (Map.lookup number instances)
      say ["type" .= tag "stopped", "id" .= number]
      loop (Map.delete number instances)
    _ -> pure ()

say :: [Pair] -> IO ()
say = L.putStrLn . encode . object

tag :: T.Text -> T.Text
tag = id

hello :: IO [Pair]
hello = do
  home <- getEnv "CROSSCHECK_ADAPTER_HOME"
  version <- readFile (home <> "/version")
  pure
    [ "type" .= tag "hello", "protocol" .= (1 :: Int), "name" .= tag "wai-cors", "version" .= version
    , "language" .= tag "haskell", "homepage" .= tag "https://github.com/larskuhtz/wai-cors"
    , "issues" .= tag "https://github.com/larskuhtz/wai-cors/issues"
    , "capabilities" .= T.words
        "origins.list origins.any origins.null credentials methods.list request-headers.list \
        \response-headers.list max-age routes.status routes.redirect hits"
    , "unsupported" .= unsupported, "reconfigure" .= False, "one_shot" .= False
    , "concurrent_instances" .= (8 :: Int) ]

listening :: HostName -> IO Socket
listening host = do
  address : _ <- getAddrInfo (Just defaultHints {addrSocketType = Stream}) (Just host) (Just "0")
  listener <- openSocket address
  bind listener (addrAddress address)
  listen listener 128
  pure listener

policed :: Policy -> IO Application
policed policy = do
  hits <- newIORef Map.empty
  let outside = cors (const (Just (resourcePolicy policy))) (application hits)
  pure $ \request respond ->
    if rawPathInfo request == "/__crosscheck/hits"
      then do
        count <- Map.findWithDefault 0 (parameter "id" request) <$> readIORef hits
        respond (json status200 [] (encode (object ["hits" .= count])))
      else outside request respond

resourcePolicy :: Policy -> CorsResourcePolicy
resourcePolicy policy = simpleCorsResourcePolicy
  { corsOrigins = case origins policy of
      Anything -> Nothing
      Listed listed -> Just (listed, credentials policy)
  , corsMethods = simpleMethods <> list (methods policy)
  , corsRequestHeaders = map CI.mk (list (requestHeaders policy))
  , corsExposedHeaders = Just (map CI.mk (list (responseHeaders policy)))
  , corsMaxAge = maxAge policy
  , corsVaryOrigin = case origins policy of
      Anything -> False
      Listed _ -> True
  }
 where
  list Anything = []
  list (Listed listed) = listed

-- | The routes behind the policy.
application :: IORef (Map.Map B.ByteString Int) -> Application
application hits request respond = case pathInfo request of
  ["echo"] -> handled status200 []
  ["status", code] | Just status <- readMaybe (T.unpack code), status >= 200, status < 600 ->
    handled (toEnum status) []
  ["redirect"] -> handled (toEnum (fromMaybe 302 (readMaybe (B.unpack (parameter "code" request)))))
    [("Location", parameter "to" request)]
  _ -> respond (responseLBS status404 [("Content-Type", "text/plain")] "not found")
 where
  count = atomicModifyIORef' hits (\old -> (Map.insertWith (+) (parameter "id" request) 1 old, ()))
  handled status more = do
    count
    let wanted = [(CI.mk name, B.dropWhile (== ' ') (B.drop 1 value)) |
          ("h", Just line) <- queryString request, let (name, value) = B.break (== ':') line]
        cookie = [("Set-Cookie", "crosscheck=1; Secure; SameSite=None; Path=/") |
          parameter "cookie" request == "1"]
        body = if statusCode status `elem` [204, 205, 304] then "" else "{\"ok\":true}"
    respond (json status (("X-Crosscheck-Handled", parameter "id" request) : more <> wanted <> cookie) body)

json :: Status -> ResponseHeaders -> L.ByteString -> Response
json status headers = responseLBS status (("Content-Type", "application/json") : headers)

parameter :: B.ByteString -> Request -> B.ByteString
parameter name request = case lookup name (queryString request) of
  Just (Just value) -> value
  _ -> ""
